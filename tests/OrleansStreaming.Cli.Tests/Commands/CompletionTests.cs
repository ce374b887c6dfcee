using OrleansStreaming.Cli.Tests.Support;

namespace OrleansStreaming.Cli.Tests.Commands;

public sealed class CompletionTests
{
    [Theory]
    [InlineData("bash", "complete -o default -F _ostream ostream")]
    [InlineData("zsh", "compdef _ostream ostream")]
    [InlineData("fish", "complete -c ostream")]
    [InlineData("pwsh", "Register-ArgumentCompleter")]
    public async Task EachShellHasItsScript(string shell, string expected)
    {
        var run = await ToolRun.OverAsync(new FakeCluster(), ["completion", shell]);

        Assert.Contains(expected, run.Done().Output);
        Assert.Contains("[suggest:", run.Output);
    }

    [Theory]
    [InlineData("ostream gr", "group")]
    [InlineData("ostream topic cr", "create")]
    [InlineData("ostream config get --all-b", "--all-brokers")]
    public async Task TheDirectiveSuggests(string line, string expected)
    {
        var run = await ToolRun.OverAsync(new FakeCluster(), [$"[suggest:{line.Length}]", line]);

        Assert.Contains(expected, run.Lines);
    }

    [Fact]
    public async Task AnotherShellIsRefused() => Assert.Equal(2, (await ToolRun.OverAsync(new FakeCluster(), ["completion", "cmd"])).ExitCode);
}
