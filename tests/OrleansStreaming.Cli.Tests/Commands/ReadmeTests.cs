using System.Text.RegularExpressions;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Hosting;
using OrleansStreaming.Cli.Tests.Support;

namespace OrleansStreaming.Cli.Tests.Commands;

/// <summary>What the README shows of the command line is understood by it.</summary>
public sealed class ReadmeTests
{
    public static TheoryData<string> Lines
    {
        get
        {
            var readme = File.ReadAllText(Path.Combine(BrokerProcess.Root(), "README.md"));
            var section = readme[readme.IndexOf("## The command line", StringComparison.Ordinal)..];
            var lines = Regex.Matches(section[..section.IndexOf("\n## ", 5, StringComparison.Ordinal)], @"(?m)^(?:.*\| |source <\()?ostream (?<line>.*)$")
                .Select(match => Regex.Replace(match.Groups["line"].Value, @"\)?\s+#.*$", ""));
            return [.. lines];
        }
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void EveryLineParses(string line)
    {
        var root = new OstreamApplication(ToolHosting.Over(new Terminal(Stream.Null, Stream.Null, TextWriter.Null, false), _ => null)).Root;

        Assert.Empty(root.Parse(line).Errors);
    }
}
