using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;

namespace OrleansStreaming.Cli.Commands;

/// <summary>Positions as the command line names them.</summary>
internal static class StartPositions
{
    /// <param name="where">For the message: the option it was given to.</param>
    /// <exception cref="UsageException">It is none.</exception>
    public static StartPosition Parse(string where, string text, TimeProvider time) => StartPosition.TryParse(text, time.GetUtcNow(), out var position)
        ? position
        : throw new UsageException($"{where}: '{text}' is not {StartPosition.Syntax}.");
}
