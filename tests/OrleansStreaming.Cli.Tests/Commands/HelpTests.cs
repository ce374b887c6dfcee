using System.CommandLine;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Hosting;
using OrleansStreaming.Cli.Tests.Support;

namespace OrleansStreaming.Cli.Tests.Commands;

public sealed class HelpTests
{
    public static TheoryData<string> AllCommands
    {
        get
        {
            var root = new OstreamApplication(ToolHosting.Over(new Terminal(Stream.Null, Stream.Null, TextWriter.Null, false), _ => null)).Root;
            var paths = new TheoryData<string>();
            Walk(root, "");
            return paths;

            void Walk(Command command, string path)
            {
                paths.Add(path);
                foreach (var sub in command.Subcommands)
                {
                    Walk(sub, $"{path} {sub.Name}".Trim());
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(AllCommands))]
    public async Task EveryCommandHasAnExampleAndTheExitCodes(string path)
    {
        var run = await ToolRun.OverAsync(new FakeCluster(), [.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        Assert.Equal(0, run.ExitCode);
        var examples = run.Output[run.Output.IndexOf("Examples:", StringComparison.Ordinal)..];
        Assert.Contains($"ostream {path}".Trim(), examples);
        Assert.Contains("2 bad usage", examples);
    }

    [Theory]
    [MemberData(nameof(AllCommands))]
    public void EveryExampleParses(string path)
    {
        var root = new OstreamApplication(ToolHosting.Over(new Terminal(Stream.Null, Stream.Null, TextWriter.Null, false), _ => null)).Root;
        Command command = root;
        foreach (var name in path.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            command = command.Subcommands.Single(sub => sub.Name == name);
        }

        foreach (var example in (command as Cli.Commands.OstreamCommand)?.Examples ?? [])
        {
            var line = example[(example.IndexOf("ostream ", StringComparison.Ordinal) + "ostream ".Length)..].Split(" | ")[0].Split(" > ")[0].TrimEnd(')');
            Assert.Empty(root.Parse(line).Errors);
        }
    }

    [Fact]
    public async Task TheVersionIsTold() => Assert.Matches(@"^\d+\.\d+", (await ToolRun.OverAsync(new FakeCluster(), ["--version"])).Output);
}
