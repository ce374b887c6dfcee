using System.Text.RegularExpressions;

namespace OrleansStreaming.Groups.Machine;

/// <summary>
/// A regular expression over topic names, as RE2 understands them: no backtracking, so that no client can keep the coordinator busy,
/// and therefore no references back and no looking around. The whole name must match.
/// </summary>
internal sealed class TopicPattern
{
    private readonly Regex _regex;

    private TopicPattern(Regex regex) => _regex = regex;

    /// <summary>Null when the text is not such an expression.</summary>
    public static TopicPattern? Parse(string text)
    {
        try
        {
            // RE2 writes named groups with a P.
            var pattern = text.Replace("(?P<", "(?<", StringComparison.Ordinal);
            return new TopicPattern(new Regex($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    public bool Matches(string topic) => _regex.IsMatch(topic);
}
