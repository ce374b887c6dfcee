using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Partitions;

/// <summary>
/// A replica on a disk that takes no writes, or whose log is damaged. As a leader it gives way to one that can go on; as a follower
/// it says so with every answer, leaves the in-sync set, and cuts what is damaged only when its leader knows that nobody counts on
/// it: a committed record is at no moment on fewer in-sync replicas than it seems.
/// </summary>
public sealed partial class ReplicaMachine
{
    /// <summary>A leadership that nobody has taken over is offered again after this.</summary>
    public static readonly TimeSpan ResignAgainAfter = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The most between two resignations because of a full disk. The time doubles with each, so that a cluster whose disks are all
    /// full does not hand its leaderships round and round.
    /// </summary>
    public static readonly TimeSpan ResignAtMostAfter = TimeSpan.FromMinutes(5);

    /// <summary>A follower that needs its leader's word to be repaired asks for it so often.</summary>
    public static readonly TimeSpan AskLeaderAfter = TimeSpan.FromSeconds(1);

    private TimeSpan _resignAgainAt = TimeSpan.MinValue;
    private TimeSpan _diskPatience = ResignAgainAfter;
    private TimeSpan _askAt = TimeSpan.MinValue;

    /// <summary>The disk refused what was last written, and nobody has seen it work since.</summary>
    public bool IsDiskFailing { get; private set; }

    /// <summary>Not to be counted on for now.</summary>
    public bool IsFailing => IsDiskFailing || _log.IsDamaged;

    /// <summary>A write failed.</summary>
    public void OnDiskRefused() => IsDiskFailing = true;

    /// <summary>A write was taken.</summary>
    public void OnDiskWorks() => IsDiskFailing = false;

    /// <summary>
    /// The leadership to be given up now because of what is known of the disk and the log; null when there is no need, nobody to
    /// take it, or it was offered a moment ago.
    /// </summary>
    public LeaderResignation? GiveWay(TimeSpan now)
    {
        if (_log.IsDamaged)
        {
            return GiveWay(ErrorCode.CorruptMessage, now);
        }

        if (!IsDiskFailing || !IsLeader || now < _resignAgainAt || !CanAnotherWrite())
        {
            return null;
        }

        // Calm for long enough: what was before has nothing to do with this.
        _diskPatience = _resignAgainAt == TimeSpan.MinValue || now - _resignAgainAt > ResignAtMostAfter ? ResignAgainAfter
            : 2 * _diskPatience < ResignAtMostAfter ? 2 * _diskPatience
            : ResignAtMostAfter;
        _resignAgainAt = now + _diskPatience;
        return Resignation(ErrorCode.KafkaStorageError, hasLostNothing: true);
    }

    /// <summary>As <see cref="GiveWay(TimeSpan)"/>, when the log cannot be read or relied upon.</summary>
    public LeaderResignation? GiveWay(ErrorCode reason, TimeSpan now)
    {
        if (!IsLeader || _streams.Length == 0 || now < _resignAgainAt)
        {
            return null;
        }

        _resignAgainAt = now + ResignAgainAfter;
        return Resignation(reason, hasLostNothing: false);
    }

    /// <summary>The leader to ask for its next word now; none when there is no need, or it was asked a moment ago.</summary>
    public BrokerId AskForWord(TimeSpan now)
    {
        if (IsLeader || _state.Leader == BrokerId.None || _state.Leader == _self || !_log.IsDamaged || now < _askAt)
        {
            return BrokerId.None;
        }

        _askAt = now + AskLeaderAfter;
        return _state.Leader;
    }

    private bool CanAnotherWrite()
    {
        foreach (var stream in _streams)
        {
            if (!stream.HasDiskFault && !IsGone(stream.Broker) && _state.InSync.Contains(stream.Broker))
            {
                return true;
            }
        }

        return false;
    }

    private LeaderResignation Resignation(ErrorCode reason, bool hasLostNothing) => new()
    {
        TopicId = _topic,
        Partition = _partition.Partition,
        Leader = _self,
        LeaderEpoch = Epoch,
        Reason = reason,
        HasLostNothing = hasLostNothing,
    };
}
