using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Records.Sources;
using OrleansStreaming.Storage.Logs;

namespace OrleansStreaming.Replication.Replicas;

internal sealed partial class LocalReplica
{
    public ReplicaReadResult Read(Offset offset, int maxBytes, bool atLeastOneBatch, ReadIsolation isolation)
    {
        var status = _status;
        if (!status.IsLeader && status.Leader == BrokerId.None)
        {
            return new ReplicaReadResult(ErrorCode.NotLeaderOrFollower, MemoryRecords.Empty, status, []);
        }

        var limit = Limit(status, isolation);
        var read = _log.Read(offset, limit, maxBytes, atLeastOneBatch);
        var aborted = isolation == ReadIsolation.ReadCommitted && read.Records.Length > 0 ? Aborted(offset, limit) : [];
        return new ReplicaReadResult(read.Error, read.Records, status, aborted);
    }

    public TimestampedOffset? FindByTimestamp(long timestamp, ReadIsolation isolation) =>
        Timestamped(_log.FindByTimestamp(timestamp, Limit(_status, isolation)));

    public TimestampedOffset? FindMaxTimestamp() => Timestamped(_log.FindMaxTimestamp());

    public EpochEnd EndOffsetFor(LeaderEpoch epoch)
    {
        var (found, end) = _log.EndOffsetFor(epoch);
        return new EpochEnd(found, end);
    }

    public LeaderEpoch EpochAt(Offset offset) => _log.EpochAt(offset);

    public IReadOnlyList<ActiveProducer> Producers() => [.. _log.Producers().Select(producer => new ActiveProducer(
        producer.Id, producer.Epoch, producer.LastSequence, producer.LastTimestamp, producer.CoordinatorEpoch, producer.TransactionFirst))];

    private IReadOnlyList<AbortedTransaction> Aborted(Offset from, Offset to)
    {
        var found = _log.AbortedTransactions(from, to);
        return found.Count == 0 ? [] : found.Select(entry => new AbortedTransaction(entry.ProducerId, entry.First)).ToArray();
    }

    private static Offset Limit(ReplicaStatus status, ReadIsolation isolation) => isolation switch
    {
        ReadIsolation.ReadUncommitted => status.HighWatermark,
        ReadIsolation.ReadCommitted => status.LastStable,
        _ => status.LogEnd,
    };

    private static TimestampedOffset? Timestamped(LogTimestamp? found) =>
        found is { } entry ? new TimestampedOffset(entry.Timestamp, entry.Offset, entry.Epoch) : null;
}
