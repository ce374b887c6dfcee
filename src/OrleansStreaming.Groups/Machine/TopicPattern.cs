using System.Text.RegularExpressions;

namespace OrleansStreaming.Groups.Machine;

/// <summary>
/// A regular expression over topic names, as RE2 understands them: no backtracking, so that no client can keep the coordinator busy,
/// and therefore no references back and no looking around. The whole name must match.
/// </summary>
internal sealed class TopicPattern
{
    private static readonly (string Name, string Characters)[] _classes =
    [
        ("alnum", "0-9A-Za-z"), ("alpha", "A-Za-z"), ("digit", "0-9"), ("lower", "a-z"), ("upper", "A-Z"), ("word", "0-9A-Za-z_"), ("xdigit", "0-9A-Fa-f"),
    ];

    private readonly Regex _regex;

    private TopicPattern(Regex regex) => _regex = regex;

    /// <summary>Null when the text is not such an expression.</summary>
    public static TopicPattern? Parse(string text)
    {
        try
        {
            var pattern = Translate(text);

            // By itself it must be one, too: what closes a group that it has not opened would otherwise close the one around it.
            _ = new Regex(pattern, RegexOptions.NonBacktracking);
            return new TopicPattern(new Regex($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>RE2 writes named groups with a P, and has POSIX' names of character classes.</summary>
    private static string Translate(string text) => _classes.Aggregate(
        text.Replace("(?P<", "(?<", StringComparison.Ordinal),
        static (pattern, entry) => pattern.Replace($"[:{entry.Name}:]", entry.Characters, StringComparison.Ordinal));

    public bool Matches(string topic) => _regex.IsMatch(topic);
}
