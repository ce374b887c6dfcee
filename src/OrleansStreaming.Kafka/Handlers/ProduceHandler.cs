using Microsoft.Extensions.Logging;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Kafka.Diagnostics;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Producers;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Replicas;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Compression;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Records.Sources;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>
/// Produce: one append a partition, all partitions of a request side by side. It holds the request's bytes until all are
/// written, then, for acks=all, waits for the commit without holding up the connection.
/// </summary>
internal sealed class ProduceHandler(IClusterMetadata metadata, ILocalReplicas replicas, ReplicaGrains grains, ILogger<ProduceHandler> logger)
    : ApiHandler<ProduceRequest>(ApiKey.Produce, new ApiVersionRange(0, 13, 3))
{
    /// <summary>A client that sends older versions has consumers beside it that cannot read zstd (KIP-110).</summary>
    private const short FirstWithZstd = 7;

    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, ProduceRequest request)
    {
        var image = metadata.Current;
        var appends = Start(context.Version, request, image);
        foreach (var append in appends)
        {
            await append.WrittenAsync().ConfigureAwait(false);
        }

        HeedRefused(context.Client.Refused, request, appends);
        context.ReleaseInput();
        if (request.Acks == (short)RequiredAcks.None)
        {
            // No answer exists for acks=0: closing the connection is how its client learns to look for the leader again.
            context.CloseConnection = appends.Exists(append => append.Result.Error is not ErrorCode.None);
            return null;
        }

        if (request.Acks == (short)RequiredAcks.All)
        {
            var timeout = TimeSpan.FromMilliseconds(Math.Max(0, request.TimeoutMs));
            await Task.WhenAll(appends.ConvertAll(append => append.CommittedAsync(timeout))).ConfigureAwait(false);
        }

        return Answer(context, request, appends);
    }

    private List<PartitionAppend> Start(short version, ProduceRequest request, ClusterImage image)
    {
        var appends = new List<PartitionAppend>();
        foreach (var topic in request.TopicData)
        {
            var (name, unknown) = Topics.Resolve(image, topic.Name, topic.TopicId);
            foreach (var data in topic.PartitionData)
            {
                var partition = new TopicPartition(name, data.Index);
                var refusal = unknown is not ErrorCode.None ? unknown : Refuse(version, request, partition, image, data.Records);
                appends.Add(refusal is ErrorCode.None
                    ? PartitionAppend.Start(grains.Of(partition), partition, new TopicId(topic.TopicId), data.Records!, (RequiredAcks)request.Acks, logger)
                    : PartitionAppend.Refused(partition, refusal));
            }
        }

        return appends;
    }

    /// <summary>While the request's bytes are there.</summary>
    private static void HeedRefused(RefusedBatches refused, ProduceRequest request, List<PartitionAppend> appends)
    {
        if (refused.IsEmpty && appends.TrueForAll(append => append.Result.Error is ErrorCode.None))
        {
            return;
        }

        var next = 0;
        foreach (var data in request.TopicData.SelectMany(topic => topic.PartitionData))
        {
            var append = appends[next++];
            if (data.Records is MemoryRecords memory && BatchHeader.TryRead(memory.Bytes, out var batch)
                && refused.Note(append.Partition, batch, append.Result.Error) is var error && error != append.Result.Error)
            {
                append.Refuse(error);
            }
        }
    }

    private ErrorCode Refuse(short version, ProduceRequest request, TopicPartition partition, ClusterImage image, RecordSource? records)
    {
        if (request.Acks is < -1 or > 1)
        {
            return ErrorCode.InvalidRequiredAcks;
        }

        if (request.TransactionalId is not null)
        {
            return ErrorCode.InvalidTxnState;
        }

        if (image.Topics.TryGetValue(partition.Topic, out var topic) && topic.IsInternal)
        {
            return ErrorCode.InvalidTopicException;
        }

        if (records is null || records.Length == 0)
        {
            return ErrorCode.InvalidRecord;
        }

        if (version < FirstWithZstd && records is MemoryRecords memory
            && BatchHeader.TryRead(memory.Bytes, out var header) && header.Compression is CompressionType.Zstd)
        {
            return ErrorCode.UnsupportedCompressionType;
        }

        return replicas.Find(partition) is { Status.IsLeader: true } ? ErrorCode.None : Topics.WhyNotHere(image, partition);
    }

    private ProduceResponse Answer(RequestContext context, ProduceRequest request, List<PartitionAppend> appends)
    {
        var response = new ProduceResponse();
        var leaders = new LeaderHints(metadata.Current, replicas);
        var next = 0;
        foreach (var topic in request.TopicData)
        {
            var answered = new ProduceResponse.TopicProduceResponse { Name = topic.Name, TopicId = topic.TopicId };
            response.Responses.Add(answered);
            foreach (var data in topic.PartitionData)
            {
                var append = appends[next++];
                var partition = append.ToResponse(data.Index);
                if (context.Version >= 10 && partition.ErrorCode == (short)ErrorCode.NotLeaderOrFollower && leaders.Find(append.Partition) is { } leader)
                {
                    partition.CurrentLeader = new ProduceResponse.LeaderIdAndEpoch { LeaderId = leader.Leader.Value, LeaderEpoch = leader.Epoch.Value };
                }

                answered.PartitionResponses.Add(partition);
            }
        }

        foreach (var broker in leaders.Endpoints)
        {
            response.NodeEndpoints.Add(new ProduceResponse.NodeEndpoint { NodeId = broker.Id.Value, Host = broker.Host, Port = broker.Port, Rack = broker.Rack });
        }

        return response;
    }
}
