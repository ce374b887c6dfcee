using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Partitions;

/// <summary>
/// One follower as its leader knows it during one epoch: where its log ends by its own word, and since when it lacks something.
/// At most one part is under way to it. Times are monotonic, since any one origin.
/// </summary>
/// <remarks>
/// A cut names the end and the last epoch of the log it is meant for, and a log cut to a common beginning never looks like that
/// again: a cut that arrives late, or twice, finds nothing to cut.
/// </remarks>
public sealed class FollowerStream
{
    /// <summary>How long a moved high watermark waits for records of its partition to travel with.</summary>
    public static readonly TimeSpan RideAfter = TimeSpan.FromMilliseconds(5);

    /// <summary>How long it then waits for a message that goes to the same broker anyway, before it is worth one of its own.</summary>
    public static readonly TimeSpan TellAfter = TimeSpan.FromMilliseconds(25);

    /// <summary>How long a follower that says it is failing waits for the next word: nothing is sent to it but the question how it is.</summary>
    public static readonly TimeSpan AskFailingAfter = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan _firstRetry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _lastRetry = TimeSpan.FromSeconds(1);

    private long _underWay;
    private int _failures;
    private TimeSpan? _untoldSince;
    private (Offset End, TimeSpan At)? _mark;
    private LeaderEpoch _cutEpoch;
    private Offset _cutOffset;
    private bool _startAnew;

    internal FollowerStream(BrokerId broker, TimeSpan now)
    {
        Broker = broker;
        BehindSince = now;
    }

    public BrokerId Broker { get; }

    public FollowerPhase Phase { get; private set; }

    /// <summary>Where its log ends, and the epoch of its last record: its own words, never the leader's guess.</summary>
    public Offset NextOffset { get; private set; } = Offset.None;

    public LeaderEpoch LastEpoch { get; private set; } = LeaderEpoch.None;

    /// <summary>The broker epoch it answered under last; -1 before its first answer.</summary>
    public long BrokerEpoch { get; private set; } = -1;

    /// <summary>
    /// The broker epoch in which it last held all that was committed; -1 when it has not in this leader's epoch. What a broker
    /// held before it restarted, it may have lost (KIP-903).
    /// </summary>
    public long SyncedUnder { get; internal set; } = -1;

    /// <summary>Since when it has not had all that the leader has; null while it has.</summary>
    public TimeSpan? BehindSince { get; private set; }

    /// <summary>It is not to be counted on: by its own word, or because its disk refused records and has taken none since.</summary>
    public bool HasDiskFault { get; private set; }

    /// <summary>It said with its last answer that its disk takes no writes or that what it holds is damaged: records are no use to it.</summary>
    public bool IsFailing { get; private set; }

    /// <summary>It said with its last answer that what it holds is damaged.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>It was in sync and lacks something that is committed: it came back without its tail.</summary>
    public bool HasLost { get; internal set; }

    /// <summary>Nothing is sent before.</summary>
    public TimeSpan RetryAt { get; private set; }

    public bool IsUnderWay => _underWay != 0;

    /// <summary>When a moved high watermark is to be told, if nothing else is sent before; null when all is told.</summary>
    public TimeSpan? TellAt => _untoldSince + TellAfter;

    internal bool IsAnsweredBy(PartPlan plan) => _underWay == plan.Ticket;

    internal PartPlan? Plan(IReplicaLog log, LeaderEpoch epoch, Offset highWatermark, long ticket, TimeSpan now)
    {
        if (IsUnderWay || now < RetryAt)
        {
            return null;
        }

        var hasRecords = LacksRecords(log.LogEnd);
        if (Phase == FollowerPhase.Streaming && !hasRecords && !(_untoldSince + RideAfter <= now))
        {
            return null;
        }

        _underWay = ticket;
        _untoldSince = null;
        _mark ??= BehindSince is null ? null : (log.LogEnd, now);
        var isProbe = Phase == FollowerPhase.Probing;
        var plan = new PartPlan(
            Broker,
            ticket,
            epoch,
            isProbe ? log.LogEnd : NextOffset,
            isProbe ? log.LastEpoch : LastEpoch,
            highWatermark,
            log.LogStart,
            hasRecords);
        return Phase == FollowerPhase.Cutting
            ? plan with { CutEpoch = _cutEpoch, CutOffset = _cutOffset, StartAnew = _startAnew }
            : plan;
    }

    /// <summary>There are records for it, and it can take them.</summary>
    internal bool LacksRecords(Offset logEnd) => Phase == FollowerPhase.Streaming && !IsFailing && NextOffset < logEnd;

    /// <summary>It answered with where it stands; true when its log is the beginning of the leader's.</summary>
    internal bool OnPlace(IReplicaLog log, in ReplicateAnswer answer, long brokerEpoch, TimeSpan now)
    {
        var wasTaken = answer.Error == ErrorCode.None;
        var (end, last) = (answer.LogEnd, answer.LastEpoch);
        var wasCutInVain = Phase == FollowerPhase.Cutting && end == NextOffset && last == LastEpoch;

        // A disk that has refused records is believed in again when it has taken some, or has got all that there are.
        var hasTaken = (wasTaken && Phase == FollowerPhase.Streaming && end > NextOffset) || end >= log.LogEnd;
        IsFailing = answer.IsFailing;
        IsDamaged = answer.IsDamaged;
        HasDiskFault = IsFailing || (HasDiskFault && !hasTaken);
        _failures = HasDiskFault ? _failures : 0;
        _underWay = 0;
        BrokerEpoch = brokerEpoch;
        NextOffset = end;
        LastEpoch = last;
        if (IsFailing)
        {
            _untoldSince ??= now + AskFailingAfter - TellAfter;
        }
        else if (!wasTaken || Phase == FollowerPhase.Cutting)
        {
            // It did not look at the high watermark that came with the part.
            _untoldSince ??= now - TellAfter;
        }

        Reconcile(log, wasCutInVain);
        if (wasCutInVain)
        {
            RetryAt = now + _firstRetry;
        }

        var isStreaming = Phase == FollowerPhase.Streaming;
        NoteProgress(log.LogEnd, isStreaming, now);
        return isStreaming;
    }

    /// <summary>No answer, or one that says nothing about its log: whatever is known of it may have changed.</summary>
    internal void OnFailure(bool isDiskFault, TimeSpan now)
    {
        _underWay = 0;
        HasDiskFault |= isDiskFault;
        Phase = FollowerPhase.Probing;
        BehindSince ??= now;
        RetryAt = now + TimeSpan.FromTicks(Math.Min(_firstRetry.Ticks << Math.Min(_failures, 10), _lastRetry.Ticks));
        _failures++;
    }

    /// <summary>Its broker is here again: ask it at once.</summary>
    internal void OnBack(TimeSpan now)
    {
        RetryAt = now;
        _failures = 0;
    }

    /// <summary>It asks for the next word.</summary>
    internal void OnAsked(TimeSpan now) => _untoldSince = now - TellAfter;

    /// <summary>The leader's log grew.</summary>
    internal void OnAppended(TimeSpan now) => BehindSince ??= now;

    /// <summary>The high watermark or the log start moved.</summary>
    internal void OnMoved(TimeSpan now) => _untoldSince ??= now;

    // KIP-101, KIP-279, KIP-320: compare by epochs, cut to the end of the last common one, as often as needed.
    private void Reconcile(IReplicaLog log, bool wasCutInVain)
    {
        // Without records there is nothing that could differ; retention may have emptied it.
        var (epoch, end) = LastEpoch == LeaderEpoch.None ? new EpochEnd(LastEpoch, log.LogEnd) : log.EndOffsetFor(LastEpoch);
        if (NextOffset >= log.LogStart && epoch == LastEpoch && NextOffset <= end)
        {
            Phase = FollowerPhase.Streaming;
            return;
        }

        Phase = FollowerPhase.Cutting;
        _startAnew = NextOffset < log.LogStart || epoch == LeaderEpoch.None || wasCutInVain;
        _cutEpoch = _startAnew ? LeaderEpoch.None : epoch;
        _cutOffset = _startAnew ? Offset.None : end;
    }

    // It lags since the moment of which it still lacks something, as with Kafka's fetches.
    private void NoteProgress(Offset logEnd, bool isStreaming, TimeSpan now)
    {
        if (!isStreaming || (BehindSince is null && NextOffset < logEnd))
        {
            BehindSince ??= now;
        }
        else if (NextOffset >= logEnd)
        {
            BehindSince = null;
            _mark = null;
        }
        else if (_mark is { } mark && NextOffset >= mark.End)
        {
            BehindSince = mark.At;
            _mark = (logEnd, now);
        }
    }
}
