using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Partitions;

public sealed partial class ReplicaMachine
{
    private FollowerStream[] _streams = [];
    private long _tickets;

    /// <summary>The followers as this leader knows them; empty when it does not lead.</summary>
    public ReadOnlySpan<FollowerStream> Streams => _streams;

    /// <summary>The leader's log grew; true when the high watermark moved.</summary>
    public bool OnAppended(TimeSpan now)
    {
        foreach (var stream in _streams)
        {
            stream.OnAppended(now);
        }

        return OnDurable(now);
    }

    /// <summary>More of the leader's log is as durable as the topic asks; true when the high watermark moved.</summary>
    public bool OnDurable(TimeSpan now) => _state.CountLocal(_log.DurableEnd) && TellHighWatermark(now);

    /// <summary>The leader's log start moved: followers are told.</summary>
    public void OnLogStartMoved(TimeSpan now) => TellHighWatermark(now);

    /// <summary>
    /// What to send a follower now; null when there is nothing, a part is under way to it, or it is not its time. End it with
    /// <see cref="OnAnswer"/> or, also when it was not sent after all, <see cref="OnCallFailed"/>.
    /// </summary>
    public PartPlan? Plan(BrokerId follower, TimeSpan now)
    {
        if (!IsLeader || IsGone(follower) || Stream(follower) is not { } stream)
        {
            return null;
        }

        var plan = stream.Plan(_log, Epoch, HighWatermark, ++_tickets, now);
        return plan is not null && stream.IsDamaged && !_state.IsCounted(follower) && !_state.IsEligible(follower)
            ? plan with { MayDrop = true }
            : plan;
    }

    /// <summary>When there will be a plan for a follower, maybe long ago; null when only news can bring one.</summary>
    public TimeSpan? DueAt(FollowerStream stream)
    {
        if (!IsLeader || stream.IsUnderWay || IsGone(stream.Broker))
        {
            return null;
        }

        var hasMore = stream.Phase != FollowerPhase.Streaming || stream.LacksRecords(_log.LogEnd);
        return (hasMore ? TimeSpan.Zero : stream.TellAt) is not { } at ? null : at > stream.RetryAt ? at : stream.RetryAt;
    }

    /// <summary>A follower asks for the leader's next word, which it is sent at once.</summary>
    public void OnAsked(BrokerId follower, TimeSpan now) => Stream(follower)?.OnAsked(now);

    /// <summary>Whether what was read for the plan may be sent: nothing has been cut since.</summary>
    public bool IsCurrent(PartPlan plan) => Asked(plan) is not null;

    /// <summary>The call failed or was given up: it is not known what became of it.</summary>
    public void OnCallFailed(PartPlan plan, TimeSpan now)
    {
        if (Asked(plan) is { } stream)
        {
            stream.OnFailure(isDiskFault: false, now);
            _state.Forget(stream.Broker);
        }
    }

    /// <summary>A follower answered. Late answers, and those to another epoch's plans, change nothing.</summary>
    /// <param name="brokerEpoch">Under which the follower's broker answered.</param>
    public ReplicaChange OnAnswer(PartPlan plan, long brokerEpoch, in ReplicateAnswer answer, TimeSpan now)
    {
        if (Asked(plan) is not { } stream)
        {
            return ReplicaChange.None;
        }

        switch (answer.Error)
        {
            case ErrorCode.None or ErrorCode.OffsetOutOfRange:
                var isStreaming = stream.OnPlace(_log, answer, brokerEpoch, now);
                var isCommitted = _state.Acknowledge(stream.Broker, Epoch, isStreaming ? answer.LogEnd : Offset.None) && TellHighWatermark(now);
                NoteSync(stream, brokerEpoch, answer.LogEnd);
                return ReplicaChange.MoreToSend | (isCommitted ? ReplicaChange.Committed : ReplicaChange.None);
            case ErrorCode.FencedLeaderEpoch when answer.LeaderEpoch > Epoch:
                _state.Depose(answer.LeaderEpoch);
                _streams = [];
                return ReplicaChange.Resigned;
            default:
                stream.OnFailure(answer.IsFailing || answer.Error == ErrorCode.KafkaStorageError, now);
                _state.Forget(stream.Broker);
                return ReplicaChange.None;
        }
    }

    private void NoteSync(FollowerStream stream, long brokerEpoch, Offset end)
    {
        if (_state.IsCaughtUp(stream.Broker))
        {
            stream.SyncedUnder = brokerEpoch;
            stream.HasLost = false;
        }
        else
        {
            stream.HasLost |= end < HighWatermark && _state.InSync.Contains(stream.Broker);
        }
    }

    /// <summary>Everyone is told soon, with records if there are any. Always true, for chains.</summary>
    private bool TellHighWatermark(TimeSpan now)
    {
        foreach (var stream in _streams)
        {
            stream.OnMoved(now);
        }

        return true;
    }

    private FollowerStream? Asked(PartPlan plan) =>
        plan.LeaderEpoch == Epoch && Stream(plan.Follower) is { } stream && stream.IsAnsweredBy(plan) ? stream : null;

    private FollowerStream? Stream(BrokerId follower)
    {
        foreach (var stream in _streams)
        {
            if (stream.Broker == follower)
            {
                return stream;
            }
        }

        return null;
    }
}
