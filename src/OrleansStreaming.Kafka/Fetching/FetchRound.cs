using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Replicas;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Records.Sources;

namespace OrleansStreaming.Kafka.Fetching;

/// <summary>
/// One look at all partitions of a fetch, in the order of the request, which is the order in which they share the byte limit
/// (KIP-74). It copies no records: it finds where they lie.
/// </summary>
internal sealed class FetchRound(FetchRequest request, short version, ClusterImage image, ILocalReplicas replicas, int maxBytes)
{
    private readonly LeaderHints _leaders = new(image);
    private readonly List<RecordSource> _sources = [];
    private int _left = maxBytes;

    /// <summary>Bytes found.</summary>
    public int Bytes { get; private set; }

    /// <summary>Something must be told at once: an error, a diverging epoch, a partition that is not here.</summary>
    public bool IsUrgent { get; private set; }

    /// <summary>Replicas that were read, to wait on.</summary>
    public List<ILocalReplica> Watched { get; } = [];

    /// <summary>What was found, to be disposed after sending.</summary>
    public IReadOnlyList<RecordSource> Sources => _sources;

    public FetchResponse Run()
    {
        try
        {
            return Look();
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

    private FetchResponse Look()
    {
        var response = new FetchResponse();
        foreach (var topic in request.Topics)
        {
            var (name, unknown) = Topics.Resolve(image, topic.Topic, topic.TopicId);
            var answered = new FetchResponse.FetchableTopicResponse { Topic = topic.Topic, TopicId = topic.TopicId };
            response.Responses.Add(answered);
            foreach (var asked in topic.Partitions)
            {
                answered.Partitions.Add(unknown is not ErrorCode.None
                    ? Refuse(asked, unknown, null)
                    : Read(new TopicPartition(name, asked.Partition), topic.TopicId, asked));
            }
        }

        foreach (var broker in _leaders.Endpoints)
        {
            response.NodeEndpoints.Add(new FetchResponse.NodeEndpoint { NodeId = broker.Id.Value, Host = broker.Host, Port = broker.Port, Rack = broker.Rack });
        }

        return response;
    }

    private FetchResponse.PartitionData Read(TopicPartition partition, Guid topicId, FetchRequest.FetchPartition asked)
    {
        if (replicas.Find(partition) is not { } replica)
        {
            return Refuse(asked, Topics.WhyNotHere(image, partition), partition);
        }

        var status = replica.Status;
        if (Check(replica, status, topicId, asked) is var refusal and not ErrorCode.None)
        {
            return Refuse(asked, refusal, partition);
        }

        if (asked.LastFetchedEpoch >= 0 && Diverging(replica, asked) is { } diverging)
        {
            IsUrgent = true;
            var told = Describe(asked, status);
            told.DivergingEpoch = new FetchResponse.EpochEndOffset { Epoch = diverging.Epoch.Value, EndOffset = diverging.EndOffset.Value };
            return told;
        }

        Watched.Add(replica);
        var limit = Math.Min(_left, asked.PartitionMaxBytes);
        var read = replica.Read(new Offset(asked.FetchOffset), Math.Max(0, limit), atLeastOneBatch: Bytes == 0, Isolation());
        if (read.Error is not ErrorCode.None)
        {
            return Refuse(asked, read.Error, partition, read.Status);
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

    private static ErrorCode Check(ILocalReplica replica, ReplicaStatus status, Guid topicId, FetchRequest.FetchPartition asked)
    {
        if (topicId != Guid.Empty && replica.TopicId.Value != topicId)
        {
            return ErrorCode.InconsistentTopicId;
        }

        if (!status.IsLeader)
        {
            return ErrorCode.NotLeaderOrFollower;
        }

        return LeaderEpochs.Check(asked.CurrentLeaderEpoch, status.LeaderEpoch);
    }

    private static EpochEnd? Diverging(ILocalReplica replica, FetchRequest.FetchPartition asked)
    {
        var end = replica.EndOffsetFor(new LeaderEpoch(asked.LastFetchedEpoch));
        return end.EndOffset.Value < asked.FetchOffset || end.Epoch.Value < asked.LastFetchedEpoch ? end : null;
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
        var refused = new FetchResponse.PartitionData
        {
            PartitionIndex = asked.Partition,
            ErrorCode = (short)error,
            HighWatermark = status?.HighWatermark.Value ?? -1,
            LastStableOffset = status?.LastStable.Value ?? -1,
            LogStartOffset = status?.LogStart.Value ?? -1,
            AbortedTransactions = null,
            Records = MemoryRecords.Empty,
        };
        if (version >= 12 && (error is ErrorCode.NotLeaderOrFollower or ErrorCode.FencedLeaderEpoch) && partition is { } known && _leaders.Find(known) is { } leader)
        {
            refused.CurrentLeader = new FetchResponse.LeaderIdAndEpoch { LeaderId = leader.Leader.Value, LeaderEpoch = leader.Epoch.Value };
        }

        return refused;
    }
}
