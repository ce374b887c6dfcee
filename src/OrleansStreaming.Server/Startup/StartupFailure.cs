using OrleansStreaming.Replication.Brokers;
using OrleansStreaming.Server.Endpoints;
using OrleansStreaming.Storage.Directories;

namespace OrleansStreaming.Server.Startup;

/// <summary>Failures that are the operator's to mend, as one line; anything else is a defect and keeps its stack trace.</summary>
internal static class StartupFailure
{
    /// <summary>The line, or null when the failure is none of these. Hosts wrap what their services throw: all causes are searched.</summary>
    public static string? Explain(Exception failure)
    {
        foreach (var cause in CausesOf(failure))
        {
            if (cause is BindException or LogDirectoryException or BrokerStartException or UnauthorizedAccessException)
            {
                return cause.Message.ReplaceLineEndings(" ");
            }
        }

        return null;
    }

    private static IEnumerable<Exception> CausesOf(Exception failure)
    {
        yield return failure;
        var inner = failure is AggregateException many ? many.InnerExceptions : failure.InnerException is { } one ? [one] : [];
        foreach (var cause in inner.SelectMany(CausesOf))
        {
            yield return cause;
        }
    }
}
