using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Diagnostics;

/// <summary>What a client is told when a grain did not answer: refusals are values, so an exception says nothing about its request.</summary>
internal static class GrainFailures
{
    /// <summary>REQUEST_TIMED_OUT, which clients retry, or UNKNOWN_SERVER_ERROR.</summary>
    public static ErrorCode ToError(Exception failure) =>
        failure is TimeoutException ? ErrorCode.RequestTimedOut : ErrorCode.UnknownServerError;
}
