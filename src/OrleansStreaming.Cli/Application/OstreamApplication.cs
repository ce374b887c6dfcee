using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using OrleansStreaming.Cli.Commands;

namespace OrleansStreaming.Cli.Application;

/// <summary>Runs one command line from parsing to its exit code.</summary>
internal sealed class OstreamApplication(Tool tool)
{
    public RootCommand Root { get; } = OstreamCommands.Build(tool);

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken = default)
    {
        var parsed = Root.Parse(arguments);
        if (parsed.Action is ParseErrorAction)
        {
            // A word that is no command is why there is no command; one of the two lines says more.
            foreach (var error in parsed.Errors.Where(error => parsed.UnmatchedTokens.Count == 0 || parsed.UnmatchedTokens.Any(error.Message.Contains)).DefaultIfEmpty(parsed.Errors[0]))
            {
                await tool.Terminal.Error.WriteLineAsync(error.Message);
            }

            return await ShowHelpAsync(parsed);
        }

        if (StrayOption(parsed) is { } stray)
        {
            await tool.Terminal.Error.WriteLineAsync($"There is no option '{stray}'. What begins with a dash and is none stands after a '--'.");
            return await ShowHelpAsync(parsed);
        }

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration { Output = tool.Terminal.Text, Error = tool.Terminal.Error, EnableDefaultExceptionHandler = false }, cancellationToken);
        }
        catch (OutputClosedException)
        {
            return ExitCode.Done;
        }
        catch (Exception exception) when (Failure.Of(exception) is { } failure)
        {
            await tool.Terminal.Error.WriteLineAsync(failure.Message);
            return failure.ExitCode;
        }
    }

    private async Task<int> ShowHelpAsync(ParseResult parsed)
    {
        await tool.Terminal.Error.WriteLineAsync($"'{OstreamCommand.PathOf(parsed.CommandResult)} --help' shows what it takes.");
        return ExitCode.BadUsage;
    }

    /// <summary>A mistyped option that an argument would take for one more topic or file.</summary>
    private static string? StrayOption(ParseResult parsed)
    {
        var literal = parsed.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).Select(token => token.Value).ToHashSet(StringComparer.Ordinal);
        return parsed.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Select(token => token.Value)
            .FirstOrDefault(value => value is ['-', _, ..] && !literal.Contains(value));
    }
}
