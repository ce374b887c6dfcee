using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Replicas;

internal sealed partial class LocalReplica
{
    /// <inheritdoc/>
    public (int InSync, int All, int Least)? InSync
    {
        get
        {
            lock (_gate)
            {
                var state = _machine.State;
                return state.IsLeader ? (state.InSync.Length, state.Replicas.Length, state.EffectiveMinInSync) : null;
            }
        }
    }

    /// <summary>How far it holds the partition's records, for an election that may lose some.</summary>
    public ReplicaEnd DescribeEnd()
    {
        lock (_gate)
        {
            var (epoch, end) = _machine.SoundEnd;
            return new ReplicaEnd(Partition.Partition, epoch, end);
        }
    }

    /// <inheritdoc/>
    public long MaxLag
    {
        get
        {
            lock (_gate)
            {
                var lag = 0L;
                foreach (var stream in _machine.Streams)
                {
                    var end = stream.NextOffset == Offset.None ? _log.LogStart : stream.NextOffset;
                    lag = Math.Max(lag, _log.LogEnd - end);
                }

                return lag;
            }
        }
    }
}
