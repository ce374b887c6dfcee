using System.Buffers;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Storage.Logs;

/// <summary>
/// The segmented log of one replica. One writer at a time (the replica's grain turn); <see cref="Read"/>, the look-ups and the
/// offset properties may run beside it on any thread.
/// </summary>
public sealed class PartitionLog : IDisposable
{
    public TopicPartition Partition => throw new NotImplementedException();

    public TopicId TopicId => throw new NotImplementedException();

    public Offset LogStart => throw new NotImplementedException();

    public Offset LogEnd => throw new NotImplementedException();

    /// <summary>Everything before it has been synced.</summary>
    public Offset FlushedTo => throw new NotImplementedException();

    /// <summary>One past the last offset that no open transaction can still hide; the log end without transactions.</summary>
    public Offset FirstUnstable => throw new NotImplementedException();

    public LeaderEpoch LatestEpoch => throw new NotImplementedException();

    public long SizeInBytes => throw new NotImplementedException();

    /// <summary>Why the log takes no more writes (full disk, failed write); null while it does.</summary>
    public string? WriteFault => throw new NotImplementedException();

    /// <summary>New limits, from the next append on.</summary>
    public void Configure(LogOptions options) => throw new NotImplementedException();

    /// <summary>Validates one producer batch, checks its producer state, stamps offset and epoch in place, appends.</summary>
    public LogAppendResult AppendAsLeader(in ReadOnlySequence<byte> batch, LeaderEpoch epoch) => throw new NotImplementedException();

    /// <summary>Appends batches that already carry offsets and epochs, which must follow on.</summary>
    public LogAppendResult AppendAsFollower(in ReadOnlySequence<byte> batches) => throw new NotImplementedException();

    /// <summary>Whole batches from the one that holds <paramref name="offset"/> on, below <paramref name="limit"/>, up to the bytes asked for.</summary>
    public LogReadResult Read(Offset offset, Offset limit, int maxBytes, bool atLeastOneBatch) => throw new NotImplementedException();

    /// <summary>The first record at or after the time and below <paramref name="limit"/>; null when none.</summary>
    public LogTimestamp? FindByTimestamp(long timestamp, Offset limit) => throw new NotImplementedException();

    public LogTimestamp? FindMaxTimestamp() => throw new NotImplementedException();

    public (LeaderEpoch Epoch, Offset End) EndOffsetFor(LeaderEpoch epoch) => throw new NotImplementedException();

    /// <summary>A new leader's term starts at the log end.</summary>
    public void BeginEpoch(LeaderEpoch epoch) => throw new NotImplementedException();

    public void TruncateTo(Offset offset) => throw new NotImplementedException();

    public void TruncateFullyAndStartAt(Offset offset) => throw new NotImplementedException();

    /// <summary>Completes when everything appended before the call is synced; callers that come together share one fsync.</summary>
    public Task FlushAsync() => throw new NotImplementedException();

    /// <summary>True when <c>flush.messages</c> or <c>flush.ms</c> ask for a sync now.</summary>
    public bool IsFlushDue => throw new NotImplementedException();

    /// <summary>Forward only; whole segments before it are deleted.</summary>
    public void AdvanceLogStart(Offset offset) => throw new NotImplementedException();

    /// <summary>Deletes closed segments that retention no longer keeps, none at or above <paramref name="highWatermark"/>; answers how many.</summary>
    public int ApplyRetention(Offset highWatermark) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
