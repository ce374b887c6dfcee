namespace OrleansStreaming.Processes.Tools;

/// <summary>What a finished command left: its exit code and what it wrote.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Errors)
{
    /// <summary>The output's lines, without the last, empty one.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <exception cref="InvalidOperationException">It failed; the message shows how.</exception>
    public CommandResult Succeeded() => ExitCode == 0
        ? this
        : throw new InvalidOperationException($"The command ended with {ExitCode}.\n{Errors}\n{Output}");
}
