namespace OrleansStreaming.Server.Telemetry;

/// <summary>How instrument names, units and labels are written in Prometheus, by OpenTelemetry's rules for it.</summary>
internal static class PrometheusNames
{
    private static readonly Dictionary<string, string> _units = new(StringComparer.Ordinal)
    {
        ["By"] = "bytes",
        ["s"] = "seconds",
        ["ms"] = "milliseconds",
        ["us"] = "microseconds",
        ["ns"] = "nanoseconds",
        ["By/s"] = "bytes_per_second",
        ["%"] = "percent",
        ["1"] = "ratio",
    };

    /// <summary>The family's name: dots become underscores, the unit is appended, a counter ends with <c>_total</c>.</summary>
    public static string Family(string instrument, string? unit, bool isCounter)
    {
        var name = Clean(instrument);
        // {records} and its like say what is counted, which is no unit.
        if (unit is { Length: > 0 } && unit[0] != '{' && !(isCounter && unit == "1"))
        {
            var suffix = "_" + (_units.TryGetValue(unit, out var known) ? known : Clean(unit));
            name = name.EndsWith(suffix, StringComparison.Ordinal) ? name : name + suffix;
        }

        return isCounter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    public static string Label(string key) => Clean(key);

    public static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Clean(string name)
    {
        var clean = string.Create(name.Length, name, static (to, from) =>
        {
            for (var i = 0; i < from.Length; i++)
            {
                to[i] = char.IsAsciiLetterOrDigit(from[i]) ? char.ToLowerInvariant(from[i]) : '_';
            }
        });
        return clean.Length > 0 && char.IsAsciiDigit(clean[0]) ? "_" + clean : clean;
    }
}
