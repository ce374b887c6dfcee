using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Partitions;

public sealed partial class ReplicaMachine
{
    /// <summary>A proposal without a decision is made anew after this: it is compare-and-swap, so that repeating is harmless.</summary>
    public static readonly TimeSpan ProposeAgainAfter = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a broker is gone before its followers are asked out of the in-sync sets: the controller, which sees it go too,
    /// takes it out of all of a topic's sets with one write meanwhile.
    /// </summary>
    public static readonly TimeSpan LeaveGoneAfter = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<BrokerId, TimeSpan> _gone = [];
    private TimeSpan _proposedAt;

    /// <summary><c>replica.lag.time.max.ms</c>: how long an in-sync follower may lack something.</summary>
    public TimeSpan MaxLag { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A broker is no member of the cluster now: nothing is sent to it, and it leaves the in-sync set soon.</summary>
    public void OnBrokerGone(BrokerId broker, TimeSpan now)
    {
        if (_gone.TryAdd(broker, now) && Stream(broker) is { } stream)
        {
            stream.OnFailure(isDiskFault: false, now);
            _state.Forget(broker);
        }
    }

    /// <summary>A broker is a member again, maybe in another life.</summary>
    public void OnBrokerBack(BrokerId broker, TimeSpan now)
    {
        if (_gone.Remove(broker))
        {
            Stream(broker)?.OnBack(now);
        }
    }

    /// <summary>
    /// The in-sync set to ask the topic for now; null when it is as it should be, or was asked for a moment ago. Ask after every
    /// answer and every news of a broker, and about twice a second.
    /// </summary>
    /// <remarks>
    /// A wish that is overtaken by events is replaced by the next one, which may be for the set as it is: that raises the
    /// partition epoch, so that the earlier wish cannot come true any more.
    /// </remarks>
    public InSyncProposal? Propose(TimeSpan now)
    {
        if (!IsLeader || !IsProposalDue(now))
        {
            return null;
        }

        BrokerId[] wanted = [.. _state.InSync.ToArray().Where(broker => !MustLeave(broker, now)), .. _state.Replicas.ToArray().Where(broker => MayJoin(broker, now))];
        if (_state.Proposed is not null)
        {
            AskWhoJoins(wanted, now);
        }

        _state.Propose(wanted);
        _proposedAt = now;
        return new InSyncProposal
        {
            TopicId = _topic,
            Partition = _partition.Partition,
            Leader = _self,
            LeaderEpoch = Epoch,
            PartitionEpoch = _state.PartitionEpoch,
            InSyncReplicas = wanted,
            LostReplicas = [.. _streams.Where(stream => stream.HasLost || stream.IsDamaged).Select(stream => stream.Broker)],
            BrokerEpochs = Array.ConvertAll(wanted, broker => broker == _self ? BrokerEpoch : Stream(broker)?.SyncedUnder ?? -1),
        };
    }

    /// <summary>
    /// A wish that is not granted may name an epoch under which a broker is registered no more: an answer tells the present one, also
    /// when there is nothing else to say.
    /// </summary>
    private void AskWhoJoins(BrokerId[] wanted, TimeSpan now)
    {
        foreach (var broker in wanted)
        {
            if (!_state.InSync.Contains(broker))
            {
                Stream(broker)?.OnAsked(now);
            }
        }
    }

    private bool IsProposalDue(TimeSpan now)
    {
        if (_state.Proposed is not { } proposed)
        {
            return IsChangeWanted(now);
        }

        if (now - _proposedAt >= ProposeAgainAfter)
        {
            return true;
        }

        // Who must go is not waited for: until it is out of every set asked for, nothing is committed without it.
        foreach (var broker in proposed)
        {
            if (MustLeave(broker, now))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsChangeWanted(TimeSpan now)
    {
        foreach (var broker in _state.InSync)
        {
            if (MustLeave(broker, now))
            {
                return true;
            }
        }

        foreach (var stream in _streams)
        {
            if (MayJoin(stream.Broker, now) || (stream.IsDamaged && _state.IsEligible(stream.Broker)))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsGone(BrokerId broker) => _gone.ContainsKey(broker);

    private bool MustLeave(BrokerId broker, TimeSpan now) =>
        broker != _self
        && ((_gone.TryGetValue(broker, out var since) && now - since >= LeaveGoneAfter)
            || Stream(broker) is not { } stream
            || stream.HasDiskFault
            || stream.HasLost
            || Lags(stream, now));

    // Who lags may hold all that is committed, but would have to leave at once.
    private bool MayJoin(BrokerId broker, TimeSpan now) =>
        broker != _self
        && !_state.InSync.Contains(broker)
        && !IsGone(broker)
        && Stream(broker) is { HasDiskFault: false, Phase: FollowerPhase.Streaming } stream
        && !Lags(stream, now)
        && _state.IsCaughtUp(broker);

    private bool Lags(FollowerStream stream, TimeSpan now) => now - (stream.BehindSince ?? now) > MaxLag;
}
