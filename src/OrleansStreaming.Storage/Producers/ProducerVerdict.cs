using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Storage.Producers;

/// <summary>Whether a producer's batch may follow what the log has of that producer.</summary>
internal readonly record struct ProducerVerdict(ErrorCode Error, string? Message, RecentBatch? Duplicate)
{
    public static readonly ProducerVerdict Accepted = default;

    public static ProducerVerdict Refuse(ErrorCode error, string message) => new(error, message, null);

    public static ProducerVerdict DuplicateOf(RecentBatch batch) => new(ErrorCode.None, null, batch);
}
