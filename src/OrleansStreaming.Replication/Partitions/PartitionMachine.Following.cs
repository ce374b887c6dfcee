using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Partitions;

public sealed partial class PartitionMachine
{
    /// <summary>
    /// A leader speaks. An older epoch is refused with FENCED_LEADER_EPOCH; a newer one is proof enough that its leader was
    /// elected, so that this replica leads no more.
    /// </summary>
    public ErrorCode Follow(LeaderEpoch epoch, BrokerId leader)
    {
        if (epoch < Epoch || (IsLeader && epoch == Epoch))
        {
            return ErrorCode.FencedLeaderEpoch;
        }

        Resign();
        Epoch = epoch;
        Leader = leader;
        return ErrorCode.None;
    }

    /// <summary>A newer epoch than this leader's is known to somebody: it leads no more.</summary>
    public void Depose(LeaderEpoch epoch)
    {
        if (epoch > Epoch)
        {
            Resign();
            Epoch = epoch;
            Leader = BrokerId.None;
        }
    }

    /// <summary>The leader said what is committed, about a log that begins as this one does.</summary>
    public void AdoptHighWatermark(Offset committed, Offset logEnd)
    {
        var known = committed < logEnd ? committed : logEnd;
        if (!IsLeader && known > HighWatermark)
        {
            HighWatermark = known;
        }
    }

    /// <summary>The log was cut, or begins later: what is committed lies inside it.</summary>
    public void BoundHighWatermark(Offset logStart, Offset logEnd)
    {
        HighWatermark = HighWatermark < logStart ? logStart : HighWatermark > logEnd ? logEnd : HighWatermark;
    }
}
