using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Replicas;

/// <summary>
/// Damage is never served, and repaired from the leader. A follower cuts its log only when a leader speaks to it and is told so
/// with the same answer: until then nobody counts less on it than it deserves, and nobody more. A damaged leader gives way.
/// </summary>
internal sealed partial class LocalReplica
{
    private static readonly TimeSpan _resignAgainAfter = TimeSpan.FromSeconds(5);

    private TimeSpan? _resignAgainAt;

    /// <summary>Cuts what is damaged; null when nothing is, or when this is not the one to cut. Under the gate.</summary>
    private ReplicateAnswer? CutDamage(ReplicatePart part)
    {
        if (_log.Corruption is not { } damage || _machine.IsLeader || part.LeaderEpoch < _machine.Epoch)
        {
            return null;
        }

        var before = _log.LogEnd;
        try
        {
            _log.DropCorrupted();
            LogDamageCut(_logger, Partition, damage.Message, before, _log.LogEnd);
        }
        catch (IOException exception)
        {
            LogDamageStays(_logger, exception, Partition, damage.Message);
        }

        // The leader takes it for a disk that fails: out of the in-sync set, and not eligible, until it has caught up.
        _machine.OnLogCut();
        _status = Look();
        return _machine.Answer(ErrorCode.KafkaStorageError);
    }

    private void GiveWayWhenDamaged()
    {
        if (_machine.IsLeader && _log.Corruption is not null)
        {
            AskToResign(ErrorCode.CorruptMessage);
        }
    }

    /// <summary>A leader that cannot read its own log gives way to one that can.</summary>
    private void OnUnreadable(ErrorCode error)
    {
        if (error is ErrorCode.CorruptMessage or ErrorCode.KafkaStorageError)
        {
            lock (_gate)
            {
                AskToResign(error);
            }
        }
    }

    private void AskToResign(ErrorCode reason)
    {
        var now = _peers.Now;
        if (_machine.IsLeader && _machine.Streams.Length > 0 && !(now < _resignAgainAt))
        {
            _resignAgainAt = now + _resignAgainAfter;
            LogResigning(_logger, Partition, _machine.Epoch, reason);
            _peers.Resign(
                Partition.Topic,
                new LeaderResignation
                {
                    TopicId = TopicId,
                    Partition = Partition.Partition,
                    Leader = _self,
                    LeaderEpoch = _machine.Epoch,
                    Reason = reason,
                });
        }
    }
}
