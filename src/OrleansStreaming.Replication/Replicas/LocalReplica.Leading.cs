using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Partitions;

namespace OrleansStreaming.Replication.Replicas;

internal sealed partial class LocalReplica
{
    private readonly BrokerId _self;

    /// <summary>
    /// The next part for a follower; false when there is none now. The bytes are read outside the gate, beside appends; a leader
    /// that was deposed meanwhile sends nothing of what it read.
    /// </summary>
    public bool TryPrepare(BrokerId follower, int maxBytes, out PreparedPart prepared)
    {
        prepared = default;
        PartPlan? plan;
        lock (_gate)
        {
            plan = _machine.Plan(follower, _peers.Now);
            if (plan is null)
            {
                Push();
                return false;
            }
        }

        byte[]? buffer = null;
        ReadOnlyMemory<byte> records = default;
        if (plan.WantsRecords && !TryRead(plan.PreviousOffset, maxBytes, out buffer, out records))
        {
            OnCallFailed(plan);
            return false;
        }

        prepared = new PreparedPart(this, plan, plan.ToPart(Partition, TopicId, records), buffer);
        lock (_gate)
        {
            if (_machine.IsCurrent(plan))
            {
                return true;
            }
        }

        prepared.ReturnBuffer();
        return false;
    }

    /// <summary>A follower answered a part.</summary>
    public void OnAnswer(PartPlan plan, long brokerEpoch, in ReplicateAnswer answer)
    {
        var change = ReplicaChange.None;
        lock (_gate)
        {
            var isRefusedAsCorrupt = answer.Error == ErrorCode.CorruptMessage && _machine.IsCurrent(plan);
            change = _machine.OnAnswer(plan, brokerEpoch, answer, _peers.Now);
            if (isRefusedAsCorrupt)
            {
                RecheckOwn(plan);
            }

            if (change.HasFlag(ReplicaChange.Resigned))
            {
                Fail(ErrorCode.NotLeaderOrFollower);
            }
            else if (change.HasFlag(ReplicaChange.Committed))
            {
                Settle();
            }

            Propose();
            Push();
        }

        if ((change & (ReplicaChange.Resigned | ReplicaChange.Committed)) != 0)
        {
            _waiters.Signal();
        }
    }

    /// <summary>It is not known what became of a part.</summary>
    public void OnCallFailed(PartPlan plan)
    {
        lock (_gate)
        {
            _machine.OnCallFailed(plan, _peers.Now);
            Push();
        }
    }

    /// <summary>Members came or went.</summary>
    public void OnPeersChanged()
    {
        lock (_gate)
        {
            LookAtPeers();
        }
    }

    /// <summary>
    /// What is to be done by the clock: followers that lag leave, what was asked for is asked again, who is damaged or full looks
    /// for help.
    /// </summary>
    public void Tick()
    {
        LookAtDisk();
        lock (_gate)
        {
            SeekHelp();
            if (_machine.Streams.Length > 0)
            {
                Propose();
                Push();
            }
        }
    }

    private void LookAtPeers()
    {
        var now = _peers.Now;
        foreach (var broker in _machine.State.Replicas)
        {
            if (broker == _self)
            {
                continue;
            }

            if (_peers.IsPresent(broker))
            {
                _machine.OnBrokerBack(broker, now);
            }
            else
            {
                _machine.OnBrokerGone(broker, now);
            }
        }

        Propose();
        Push();
    }

    /// <summary>Tells the links of every follower for which there is something to be sent. Under the gate.</summary>
    private void Push()
    {
        foreach (var stream in _machine.Streams)
        {
            if (_machine.DueAt(stream) is { } at)
            {
                _peers.Ready(stream.Broker, this, at, isCatchingUp: !_machine.State.InSync.Contains(stream.Broker));
            }
        }
    }

    private void Propose()
    {
        if (_machine.Propose(_peers.Now) is { } proposal)
        {
            LogProposal(_logger, Partition, string.Join(",", proposal.InSyncReplicas), string.Join(",", _machine.State.InSync.ToArray()));
            _peers.Propose(Partition.Topic, proposal);
        }
    }
}
