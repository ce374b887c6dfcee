using System.CommandLine;
using System.CommandLine.Parsing;
using OrleansStreaming.Cli.Application;

namespace OrleansStreaming.Cli.Commands;

/// <summary>A command: what it takes, an example of it for its help, and what it does.</summary>
internal abstract class OstreamCommand : Command
{
    /// <param name="examples">Whole command lines.</param>
    protected OstreamCommand(string name, string description, params string[] examples)
        : base(name, description)
    {
        Examples = examples;
        SetAction(RunAsync);
    }

    public IReadOnlyList<string> Examples { get; }

    /// <summary>The command as it is typed, from the tool's name on.</summary>
    public static string PathOf(CommandResult command) => command.Parent is CommandResult parent
        ? $"{PathOf(parent)} {command.Command.Name}"
        : OstreamCommands.ToolName;

    /// <returns>One of <see cref="ExitCode"/>.</returns>
    protected abstract Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken);
}
