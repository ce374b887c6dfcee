using System.Text.RegularExpressions;

namespace OrleansStreaming.Architecture.Tests;

/// <summary>Time and chance come in through constructors, so that a whole cluster can be run from one seed.</summary>
public sealed partial class BannedCallTests
{
    public static TheoryData<string, string> Banned => new()
    {
        { "the wall clock", @"\bDateTime(Offset)?\.(Utc)?(Now|Today)\b" },
        { "blocking sleep", @"\bThread\.Sleep\b" },
        { "unseeded chance", @"\bnew Random\(\s*\)" },
        { "the tick count", @"\bEnvironment\.TickCount" },
        { "the raw stopwatch", @"\bStopwatch\.(GetTimestamp|StartNew)\b" },
        { "blocking on a task", @"\.GetAwaiter\(\)\.GetResult\(\)" },
    };

    [Theory]
    [MemberData(nameof(Banned))]
    public void IsNotUsed(string what, string pattern)
    {
        var found =
            from file in Repository.Sources
            from Match match in Regex.Matches(file.Code, pattern)
            select $"{file.Path}:{file.LineOf(match.Index)} uses {what}: {match.Value}";

        Assert.Empty(found);
    }

    [Fact]
    public void UnseededChanceIsHandedOutByCompositionOnly() =>
        Assert.Empty(
            from file in Repository.Sources
            where !file.Path.Contains("/Hosting/", StringComparison.Ordinal)
            from Match match in Regex.Matches(file.Code, @"\bRandom\.Shared\b")
            select $"{file.Path}:{file.LineOf(match.Index)}");

    [Fact]
    public void EveryDelayTakesItsClockFromOutside()
    {
        var bare =
            from file in Repository.Sources
            from Match match in DelayCall().Matches(file.Code)
            let arguments = ArgumentsAt(file.Code, match.Index + match.Length)
            where !arguments.Skip(1).Any(argument => Clock().IsMatch(argument))
            select $"{file.Path}:{file.LineOf(match.Index)} Task.Delay({string.Join(", ", arguments)})";

        Assert.Empty(bare);
    }

    private static List<string> ArgumentsAt(string code, int start)
    {
        var arguments = new List<string>();
        var depth = 0;
        var from = start;
        for (var at = start; at < code.Length; at++)
        {
            if (code[at] is '(' or '[' or '{')
            {
                depth++;
            }
            else if (code[at] is ')' or ']' or '}' && depth-- == 0)
            {
                arguments.Add(code[from..at].Trim());
                break;
            }
            else if (code[at] == ',' && depth == 0)
            {
                arguments.Add(code[from..at].Trim());
                from = at + 1;
            }
        }

        return arguments;
    }

    [GeneratedRegex(@"\bTask\.Delay\(")]
    private static partial Regex DelayCall();

    [GeneratedRegex(@"(?i)^[\w.]*(time|clock|timeProvider)$")]
    private static partial Regex Clock();
}
