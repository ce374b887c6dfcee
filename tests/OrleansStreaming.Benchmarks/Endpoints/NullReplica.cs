using System.Buffers;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Records.Sources;

namespace OrleansStreaming.Benchmarks.Endpoints;

/// <summary>A replica that takes every batch and keeps nothing: it looks at the header only, to answer with offsets.</summary>
internal sealed class NullReplica(TopicPartition partition, TopicId topicId) : IReplicaGrain, ILocalReplica
{
    private long _end;

    public TopicPartition Partition => partition;

    public TopicId TopicId => topicId;

    public ReplicaStatus Status
    {
        get
        {
            var end = new Offset(Volatile.Read(ref _end));
            return new ReplicaStatus(IsLeader: true, new LeaderEpoch(0), end, end, end, end, IsWritable: true);
        }
    }

    public long SizeInBytes => 0;

    public Task<AppendResult> Append(AppendRequest request)
    {
        var first = request.Pieces[0].Span;
        var count = BatchHeader.TryRead(first, out var header) ? header.LastOffsetDelta + 1 : 1;
        var end = Interlocked.Add(ref _end, count);
        return Task.FromResult(new AppendResult
        {
            BaseOffset = new Offset(end - count),
            EndOffset = new Offset(end),
            LogStartOffset = new Offset(0),
            LeaderEpoch = new LeaderEpoch(0),
            IsCommitted = true,
        });
    }

    public Task<AppendResult> AppendCommitted(AppendRequest request, TimeSpan patience) => Append(request);

    public Task<ErrorCode> AwaitCommitted(Offset end, LeaderEpoch epoch, TimeSpan timeout) => Task.FromResult(ErrorCode.None);

    public Task<DeleteRecordsResult> DeleteRecords(Offset before) => Task.FromResult(new DeleteRecordsResult());

    public ReplicaReadResult Read(Offset offset, int maxBytes, bool atLeastOneBatch, ReadIsolation isolation) =>
        new(ErrorCode.None, MemoryRecords.Empty, Status, []);

    public TimestampedOffset? FindByTimestamp(long timestamp, ReadIsolation isolation) => null;

    public TimestampedOffset? FindMaxTimestamp() => null;

    public LeaderEpoch EpochAt(Offset offset) => new(0);

    public EpochEnd EndOffsetFor(LeaderEpoch epoch) => new(LeaderEpoch.None, Offset.None);

    public IReadOnlyList<ActiveProducer> Producers() => [];

    public void AddWaiter(IProgressWaiter waiter)
    {
    }

    public void RemoveWaiter(IProgressWaiter waiter)
    {
    }
}
