using OrleansStreaming.Cli.Application;

namespace OrleansStreaming.Cli.Commands;

/// <summary>Arguments of the form NAME=VALUE.</summary>
internal static class NameValues
{
    /// <param name="where">For the message: the option they were given to.</param>
    /// <exception cref="UsageException">One is not of that form, or a name is given twice.</exception>
    public static Dictionary<string, string> Parse(string where, IEnumerable<string>? texts)
    {
        var values = new Dictionary<string, string>();
        foreach (var text in texts ?? [])
        {
            var (name, value) = Split(where, text);
            if (!values.TryAdd(name, value))
            {
                throw new UsageException($"{where}: '{name}' is given twice.");
            }
        }

        return values;
    }

    public static (string Name, string Value) Split(string where, string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? (text[..equals].Trim(), text[(equals + 1)..])
            : throw new UsageException($"{where}: '{text}' is not NAME=VALUE.");
    }
}
