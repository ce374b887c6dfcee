using System.Buffers;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Partitions;
using OrleansStreaming.Storage.Logs;

namespace OrleansStreaming.Replication.Replicas;

/// <summary>The log on disk, as a replica's decisions see it.</summary>
internal sealed class SegmentedReplicaLog(PartitionLog log) : IReplicaLog
{
    public Offset LogStart => log.LogStart;

    public Offset LogEnd => log.LogEnd;

    public Offset DurableEnd => log.DurableEnd;

    public LeaderEpoch LatestEpoch => log.LatestEpoch;

    public LeaderEpoch LastEpoch => log.EpochAt(log.LogEnd + -1);

    public EpochEnd SoundEnd
    {
        get
        {
            var end = log.Corruption?.From ?? log.LogEnd;
            return new EpochEnd(log.EpochAt(end + -1), end);
        }
    }

    public EpochEnd EndOffsetFor(LeaderEpoch epoch)
    {
        var (found, end) = log.EndOffsetFor(epoch);
        return new EpochEnd(found, end);
    }

    public void BeginEpoch(LeaderEpoch epoch) => log.BeginEpoch(epoch);

    public ErrorCode AppendAsFollower(ReadOnlyMemory<byte> batches) => log.AppendAsFollower(new ReadOnlySequence<byte>(batches)).Error;

    public void TruncateTo(Offset offset) => log.TruncateTo(offset);

    public void TruncateFullyAndStartAt(Offset offset) => log.TruncateFullyAndStartAt(offset);

    public bool IsDamaged => log.Corruption is not null;

    public void DropDamaged() => log.DropCorrupted();

    public void AdvanceLogStart(Offset offset) => log.AdvanceLogStart(offset);
}
