using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using OrleansStreaming.Cli.Application;

namespace OrleansStreaming.Cli.Commands;

/// <summary>The usual help, followed by examples and the exit codes.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        help.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        if (ExamplesOf(parseResult.CommandResult.Command) is { Count: > 0 } examples)
        {
            output.WriteLine("Examples:");
            foreach (var example in examples)
            {
                output.WriteLine($"  {example}");
            }

            output.WriteLine();
        }

        output.WriteLine(ExitCode.Meaning);
        return ExitCode.Done;
    }

    /// <summary>A command that only gathers others shows one example of each.</summary>
    private static List<string> ExamplesOf(Command command) => command is OstreamCommand own
        ? [.. own.Examples]
        : [.. command.Subcommands.SelectMany(sub => ExamplesOf(sub).Take(1))];
}
