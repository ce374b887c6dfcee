using System.Globalization;

namespace OrleansStreaming.Contracts.Configs;

/// <summary>
/// The checks that config values go through: each takes the text and answers null, or why the text is not acceptable.
/// Surrounding white space is ignored, as Kafka does for everything but passwords.
/// </summary>
internal static class ConfigRules
{
    public static string? Any(string value) => null;

    public static string? Boolean(string value) =>
        bool.TryParse(value.Trim(), out _) ? null : "expected true or false";

    public static Func<string, string?> Int(long min = int.MinValue, long max = int.MaxValue) => Integer(min, max);

    public static Func<string, string?> Short(long min = short.MinValue) => Integer(min, short.MaxValue);

    public static Func<string, string?> Long(long min = long.MinValue) => Integer(min, long.MaxValue);

    public static Func<string, string?> Double(double min, double max) => value =>
        !double.TryParse(value.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || double.IsNaN(number)
            ? "expected a number"
            : number < min ? string.Create(CultureInfo.InvariantCulture, $"expected at least {min}")
            : number > max ? string.Create(CultureInfo.InvariantCulture, $"expected at most {max}")
            : null;

    public static Func<string, string?> OneOf(params string[] allowed) => value =>
        allowed.Contains(value.Trim(), StringComparer.Ordinal) ? null : $"expected one of {string.Join(", ", allowed)}";

    /// <summary>A comma-separated list, possibly empty, of the allowed words.</summary>
    public static Func<string, string?> ListOf(params string[] allowed) => value =>
        Split(value).FirstOrDefault(item => !allowed.Contains(item, StringComparer.Ordinal)) is { } stranger
            ? $"'{stranger}' is none of {string.Join(", ", allowed)}"
            : null;

    /// <summary>gzip: 1 to 9, or -1 for the library's own choice.</summary>
    public static string? GzipLevel(string value) =>
        value.Trim() == "-1" || Integer(1, 9)(value) is null ? null : "expected a whole number from 1 to 9, or -1";

    /// <summary><c>*</c>, or partition:broker pairs (KIP-73).</summary>
    public static string? ThrottledReplicas(string value)
    {
        var items = Split(value);
        return value.Trim() == "*" || items.All(IsReplica) ? null : "expected '*' or a list of partition:broker";
    }

    public static string[] Split(string value) =>
        value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static bool IsReplica(string item) =>
        item.Split(':') is [var partition, var broker] && IsNumber(partition) && IsNumber(broker);

    private static bool IsNumber(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static Func<string, string?> Integer(long min, long max) => value =>
        !long.TryParse(value.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? "expected a whole number"
            : number < min ? string.Create(CultureInfo.InvariantCulture, $"expected at least {min}")
            : number > max ? string.Create(CultureInfo.InvariantCulture, $"expected at most {max}")
            : null;
}
