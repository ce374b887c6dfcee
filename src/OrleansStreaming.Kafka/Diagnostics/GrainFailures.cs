using Orleans.Runtime;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Diagnostics;

/// <summary>What a client is told when a grain did not answer: refusals are values, so an exception says nothing about its request.</summary>
internal static class GrainFailures
{
    /// <summary>
    /// REQUEST_TIMED_OUT, which clients retry, when the call or its answer was lost on the way: too late, or the silo it was for
    /// is gone. Else UNKNOWN_SERVER_ERROR.
    /// </summary>
    public static ErrorCode ToError(Exception failure) =>
        failure is TimeoutException or OrleansException ? ErrorCode.RequestTimedOut : ErrorCode.UnknownServerError;
}
