using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Replicas;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Records.Sources;

namespace OrleansStreaming.Kafka.Fetching;

/// <summary>
/// One look at all partitions of a fetch, in their order, in which they share the byte limit (KIP-74). It copies no records: it
/// finds where they lie. What a session's client knows already is not found again.
/// </summary>
internal sealed class FetchRound(FetchRequest request, short version, ClusterImage image, ILocalReplicas replicas, NearestReplica nearest, int maxBytes)
{
    /// <summary>From here on clients understand a preferred read replica, and so may read from followers (KIP-392).</summary>
    private const short FirstFromFollowers = 11;

    private const short FirstWithLeaderHints = 16;

    /// <summary>Clients of this version and before take KAFKA_STORAGE_ERROR for one that cannot be retried.</summary>
    private const short LastWithoutStorageError = 5;

    private readonly List<FetchFinding> _found = [];
    private readonly List<RecordSource> _sources = [];
    private LeaderHints? _leaders;
    private int _left = maxBytes;

    /// <summary>Bytes found.</summary>
    public int Bytes { get; private set; }

    /// <summary>Something must be told at once: an error, a diverging epoch, a partition that is not here.</summary>
    public bool IsUrgent { get; private set; }

    /// <summary>Replicas that were read, to wait on.</summary>
    public List<ILocalReplica> Watched { get; } = [];

    /// <summary>What is to be told, in the order of the partitions.</summary>
    public IReadOnlyList<FetchFinding> Found => _found;

    /// <summary>The records among it, to be disposed after sending.</summary>
    public IReadOnlyList<RecordSource> Sources => _sources;

    /// <summary>The brokers of the leaders that it points to.</summary>
    public IReadOnlyCollection<BrokerDescription> Leaders => _leaders is null ? [] : _leaders.Endpoints;

    public void Run(IReadOnlyList<FetchTarget> targets)
    {
        try
        {
            foreach (var target in targets)
            {
                if (Look(target) is { } data)
                {
                    _found.Add(new FetchFinding(target, data));
                }
            }
        }
        catch
        {
            Discard();
            throw;
        }
    }

    /// <summary>Gives up what was found: before another round, or when there will be no answer.</summary>
    public void Discard()
    {
        foreach (var source in _sources)
        {
            source.Dispose();
        }

        _sources.Clear();
    }

    private FetchResponse.PartitionData? Look(FetchTarget target)
    {
        var (name, unknown) = Topics.Resolve(image, target.Topic, target.TopicId);
        return unknown is not ErrorCode.None
            ? Refuse(target.Asked, unknown, null)
            : Read(new TopicPartition(name, target.Asked.Partition), target);
    }

    private FetchResponse.PartitionData? Read(TopicPartition partition, FetchTarget target)
    {
        var asked = target.Asked;
        if (replicas.Find(partition) is not { } replica)
        {
            return Refuse(asked, Topics.WhyNotHere(image, partition), partition);
        }

        var status = replica.Status;
        var refusal = target.TopicId != Guid.Empty && replica.TopicId.Value != target.TopicId
            ? ErrorCode.InconsistentTopicId
            : LeaderEpochs.Check(status, asked.CurrentLeaderEpoch, onlyLeader: version < FirstFromFollowers);
        if (refusal is not ErrorCode.None)
        {
            return Refuse(asked, refusal, partition);
        }

        if (version >= FirstFromFollowers && status.IsLeader && nearest.Find(image, partition, status, asked.FetchOffset, request.RackId) is { } preferred)
        {
            IsUrgent = true;
            var moved = Describe(asked, status);
            moved.PreferredReadReplica = preferred.Value;
            return moved;
        }

        if (asked.LastFetchedEpoch >= 0 && Compare(replica, status, asked, partition) is { } parted)
        {
            IsUrgent = true;
            return parted;
        }

        Watched.Add(replica);
        return Read(replica, partition, target);
    }

    private FetchResponse.PartitionData? Read(ILocalReplica replica, TopicPartition partition, FetchTarget target)
    {
        var asked = target.Asked;
        var limit = Math.Min(_left, asked.PartitionMaxBytes);
        var read = replica.Read(new Offset(asked.FetchOffset), Math.Max(0, limit), atLeastOneBatch: Bytes == 0, Isolation());
        if (read.Error is not ErrorCode.None)
        {
            return Refuse(asked, read.Error, partition, read.Status);
        }

        if (read.Records.Length == 0 && !target.IsNews(read.Status.HighWatermark.Value, read.Status.LogStart.Value))
        {
            read.Records.Dispose();
            return null;
        }

        var found = Describe(asked, read.Status);
        found.Records = read.Records;
        _sources.Add(read.Records);
        Bytes += read.Records.Length;
        _left -= read.Records.Length;
        if (request.IsolationLevel == (sbyte)ReadIsolation.ReadCommitted)
        {
            found.AbortedTransactions = [.. read.Aborted.Select(aborted => new FetchResponse.AbortedTransaction
            {
                ProducerId = aborted.ProducerId.Value,
                FirstOffset = aborted.FirstOffset.Value,
            })];
        }

        return found;
    }

    /// <summary>
    /// The answer to a client whose log has parted from this one, as its last epoch shows (KIP-595): where it parted, or that the
    /// offset is out of range. Null when it has not.
    /// </summary>
    private FetchResponse.PartitionData? Compare(ILocalReplica replica, ReplicaStatus status, FetchRequest.FetchPartition asked, TopicPartition partition)
    {
        var end = replica.EndOffsetFor(new LeaderEpoch(asked.LastFetchedEpoch));
        if (end.EndOffset.Value < 0 || end.Epoch.Value < 0 || asked.FetchOffset < status.LogStart.Value)
        {
            return Refuse(asked, ErrorCode.OffsetOutOfRange, partition, status);
        }

        if (end.EndOffset.Value >= asked.FetchOffset && end.Epoch.Value >= asked.LastFetchedEpoch)
        {
            return null;
        }

        var told = Describe(asked, status);
        told.DivergingEpoch = new FetchResponse.EpochEndOffset { Epoch = end.Epoch.Value, EndOffset = end.EndOffset.Value };
        return told;
    }

    private ReadIsolation Isolation() => request.ReplicaId == -2
        ? ReadIsolation.LogEnd
        : request.IsolationLevel == (sbyte)ReadIsolation.ReadCommitted ? ReadIsolation.ReadCommitted : ReadIsolation.ReadUncommitted;

    private static FetchResponse.PartitionData Describe(FetchRequest.FetchPartition asked, ReplicaStatus status) => new()
    {
        PartitionIndex = asked.Partition,
        HighWatermark = status.HighWatermark.Value,
        LastStableOffset = status.LastStable.Value,
        LogStartOffset = status.LogStart.Value,
        AbortedTransactions = null,
        Records = MemoryRecords.Empty,
    };

    private FetchResponse.PartitionData Refuse(
        FetchRequest.FetchPartition asked, ErrorCode error, TopicPartition? partition, ReplicaStatus? status = null)
    {
        IsUrgent = true;
        var told = error is ErrorCode.KafkaStorageError && version <= LastWithoutStorageError ? ErrorCode.NotLeaderOrFollower : error;
        var refused = new FetchResponse.PartitionData
        {
            PartitionIndex = asked.Partition,
            ErrorCode = (short)told,
            HighWatermark = status?.HighWatermark.Value ?? -1,
            LastStableOffset = status?.LastStable.Value ?? -1,
            LogStartOffset = status?.LogStart.Value ?? -1,
            AbortedTransactions = null,
            Records = MemoryRecords.Empty,
        };
        if (version >= FirstWithLeaderHints && (error is ErrorCode.NotLeaderOrFollower or ErrorCode.FencedLeaderEpoch)
            && partition is { } known && (_leaders ??= new LeaderHints(image, replicas)).Find(known) is { } leader)
        {
            refused.CurrentLeader = new FetchResponse.LeaderIdAndEpoch { LeaderId = leader.Leader.Value, LeaderEpoch = leader.Epoch.Value };
        }

        return refused;
    }
}
