using OrleansStreaming.Client;
using OrleansStreaming.Kafka.Protocol;
using OrleansStreaming.Records.Compression;

namespace OrleansStreaming.Cli.Application;

/// <summary>What a failure means to who runs the tool: one line, and how it ends.</summary>
/// <param name="Message">For people; no stack trace.</param>
/// <param name="ExitCode">See <see cref="Application.ExitCode"/>.</param>
internal sealed record Failure(string Message, int ExitCode)
{
    /// <summary>Null for what is a defect of this tool, which may show its stack.</summary>
    public static Failure? Of(Exception exception) => exception switch
    {
        UsageException usage => new Failure(usage.Message, Application.ExitCode.BadUsage),
        FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException => new Failure(exception.Message, Application.ExitCode.BadUsage),
        BrokerUnavailableException or DeliveryTimeoutException => new Failure(exception.Message, Application.ExitCode.Unreachable),
        ProtocolReadException => new Failure($"The broker's answer cannot be read: {exception.Message}", Application.ExitCode.Unreachable),
        StreamingException or CompressionLibraryMissingException => new Failure(exception.Message, Application.ExitCode.Refused),
        OperationCanceledException => new Failure("Interrupted.", Application.ExitCode.Interrupted),
        IOException => new Failure(exception.Message, Application.ExitCode.BadUsage),
        _ => null,
    };
}
