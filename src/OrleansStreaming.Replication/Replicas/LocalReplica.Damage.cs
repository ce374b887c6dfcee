using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Partitions;
using OrleansStreaming.Storage.Logs;

namespace OrleansStreaming.Replication.Replicas;

/// <summary>
/// Damage is never served, and repaired from the leader; a disk that takes no writes is tried again. When a replica gives way and
/// when it may cut is decided by its machine.
/// </summary>
internal sealed partial class LocalReplica
{
    /// <summary>So much of an own log is read again when a follower calls it corrupt: at least what it was sent at once.</summary>
    private const int RecheckedBytes = 4 * 1024 * 1024;

    private readonly Func<bool> _diskTakesWrites;
    private LogCorruption? _countedDamage;
    private bool _isRechecking;

    /// <summary>A follower here asks for its leader's next word.</summary>
    public void OnAsked(BrokerId follower)
    {
        lock (_gate)
        {
            _machine.OnAsked(follower, _peers.Now);
            Push();
        }
    }

    /// <summary>Counts each damage once; under the gate.</summary>
    private void NoteDamage()
    {
        if (_log.Corruption is { } damage && damage != _countedDamage)
        {
            _countedDamage = damage;
            _metrics.Damaged(_topicTag);
        }
    }

    /// <summary>Whether a disk that refused a write takes them again is found out by one file for all replicas on it.</summary>
    private void LookAtDisk()
    {
        if (_machine.IsDiskFailing && _diskTakesWrites())
        {
            lock (_gate)
            {
                _machine.OnDiskWorks();
            }
        }
    }

    /// <summary>Gives the leadership away, or asks the leader for a word, when that is needed; under the gate.</summary>
    private void SeekHelp()
    {
        NoteDamage();
        var now = _peers.Now;
        Resign(_machine.GiveWay(now));
        if (_machine.AskForWord(now) is var leader && leader != BrokerId.None)
        {
            _peers.Ask(leader, Partition);
        }
    }

    /// <summary>A leader that cannot read its own log gives way to one that can.</summary>
    private void OnUnreadable(ErrorCode error)
    {
        if (error is ErrorCode.CorruptMessage or ErrorCode.KafkaStorageError)
        {
            lock (_gate)
            {
                NoteDamage();
                AskToResign(error);
            }
        }
    }

    /// <summary>
    /// A follower says that what it was sent is not whole. What lies here was good when it was written or first read, and may have
    /// rotted since: it is read again, and no longer served if it has. Under the gate; the reading is done beside it.
    /// </summary>
    private void RecheckOwn(PartPlan plan)
    {
        LogRefusedAsCorrupt(_logger, Partition, plan.Follower, plan.PreviousOffset);
        if (_isRechecking)
        {
            return;
        }

        _isRechecking = true;
        Task.Run(() =>
        {
            _log.Recheck(plan.PreviousOffset, RecheckedBytes);
            lock (_gate)
            {
                _isRechecking = false;
                SeekHelp();
            }
        });
    }

    private void AskToResign(ErrorCode reason) => Resign(_machine.GiveWay(reason, _peers.Now));

    private void Resign(LeaderResignation? resignation)
    {
        if (resignation is not null)
        {
            LogResigning(_logger, Partition, resignation.LeaderEpoch, resignation.Reason);
            _peers.Resign(Partition.Topic, resignation);
        }
    }
}
