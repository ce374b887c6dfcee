using System.Buffers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Partitions;

namespace OrleansStreaming.Replication.Replicas;

internal sealed partial class LocalReplica
{
    private readonly BrokerId _self;

    /// <summary>How many replicas are in sync, there are, and should be in sync at least; null when it does not lead.</summary>
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

    /// <summary>Records that the follower furthest behind lacks, as far as it said where it stands; 0 when it does not lead.</summary>
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
            change = _machine.OnAnswer(plan, brokerEpoch, answer, _peers.Now);
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

    /// <summary>What is to be done by the clock: followers that lag leave, what was asked for is asked again.</summary>
    public void Tick()
    {
        lock (_gate)
        {
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

    /// <summary>Whole batches from the offset on, at least one; false when there are none to be had.</summary>
    private bool TryRead(Offset from, int maxBytes, out byte[]? buffer, out ReadOnlyMemory<byte> records)
    {
        buffer = null;
        records = default;
        var read = _log.Read(from, _log.LogEnd, maxBytes, atLeastOneBatch: true);
        using var source = read.Records;
        if (read.Error != ErrorCode.None || source.Length == 0)
        {
            OnUnreadable(read.Error);
            return false;
        }

        buffer = ArrayPool<byte>.Shared.Rent(source.Length);
        try
        {
            source.CopyTo(0, buffer.AsSpan(0, source.Length));
            var whole = WholeBatches(buffer.AsSpan(0, source.Length));
            records = buffer.AsMemory(0, whole);
            if (whole > 0)
            {
                return true;
            }

            OnUnreadable(ErrorCode.CorruptMessage);
        }
        catch (IOException)
        {
            // Cut away meanwhile, or the disk refuses: the next try tells.
        }

        ArrayPool<byte>.Shared.Return(buffer);
        buffer = null;
        return false;
    }

    private static int WholeBatches(ReadOnlySpan<byte> bytes)
    {
        var scanner = new BatchScanner(bytes, checkCrc: false);
        while (scanner.MoveNext())
        {
        }

        return (int)scanner.Position;
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
        if (_machine.IsLeader && _machine.Streams.Length > 0)
        {
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
