using System.CommandLine;
using OrleansStreaming.Cli.Application;

namespace OrleansStreaming.Cli.Commands.Completion;

/// <summary><c>completion</c>: a script that asks this tool, by its suggest directive, what may come next.</summary>
internal sealed class CompletionCommand : OstreamCommand
{
    private readonly Tool _tool;
    private readonly Argument<string> _shell = new("shell") { Description = "bash, zsh, fish or pwsh." };

    public CompletionCommand(Tool tool)
        : base("completion", "Print a script that makes a shell complete this tool's commands and options.",
            "source <(ostream completion bash)", "ostream completion zsh > ~/.zfunc/_ostream", "ostream completion fish | source", "ostream completion pwsh | Out-String | Invoke-Expression")
    {
        _tool = tool;
        _shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "pwsh");
        Add(_shell);
    }

    protected override Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        _tool.Terminal.Text.WriteLine(CompletionScripts.Of(parsed.GetRequiredValue(_shell)));
        return Task.FromResult(ExitCode.Done);
    }
}
