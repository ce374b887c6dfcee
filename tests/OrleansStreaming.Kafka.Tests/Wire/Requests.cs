using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Sources;

namespace OrleansStreaming.Kafka.Tests.Wire;

/// <summary>Requests of one partition, as most tests send them.</summary>
internal static class Requests
{
    /// <summary>A batch for a partition of <c>t</c>.</summary>
    public static ProduceRequest Produce(byte[] batch, int partition = 0, short acks = -1, string topic = "t", int timeoutMs = 30_000)
    {
        var request = new ProduceRequest { Acks = acks, TimeoutMs = timeoutMs };
        AddBatch(request, batch, partition, topic);
        return request;
    }

    public static void AddBatch(ProduceRequest request, byte[] batch, int partition, string topic = "t", Guid topicId = default)
    {
        var data = new ProduceRequest.TopicProduceData { Name = topic, TopicId = topicId };
        data.PartitionData.Add(new ProduceRequest.PartitionProduceData { Index = partition, Records = new MemoryRecords(batch) });
        request.TopicData.Add(data);
    }

    /// <summary>A fetch of a partition of <c>t</c> that waits for a first byte.</summary>
    public static FetchRequest Fetch(
        long offset = 0,
        int partition = 0,
        int maxWaitMs = 500,
        int minBytes = 1,
        int maxBytes = int.MaxValue,
        int partitionMaxBytes = 1_048_576,
        int leaderEpoch = -1,
        string topic = "t")
    {
        var request = new FetchRequest { MaxWaitMs = maxWaitMs, MinBytes = minBytes, MaxBytes = maxBytes };
        AddPartition(request, offset, partition, partitionMaxBytes, leaderEpoch, topic);
        return request;
    }

    public static FetchRequest.FetchPartition AddPartition(
        FetchRequest request, long offset, int partition, int partitionMaxBytes = 1_048_576, int leaderEpoch = -1, string topic = "t", Guid topicId = default)
    {
        var asked = new FetchRequest.FetchPartition
        {
            Partition = partition,
            FetchOffset = offset,
            PartitionMaxBytes = partitionMaxBytes,
            CurrentLeaderEpoch = leaderEpoch,
        };
        var wanted = new FetchRequest.FetchTopic { Topic = topic, TopicId = topicId };
        wanted.Partitions.Add(asked);
        request.Topics.Add(wanted);
        return asked;
    }

    public static MetadataRequest Metadata(params string[] topics)
    {
        var request = new MetadataRequest { Topics = [] };
        foreach (var topic in topics)
        {
            request.Topics.Add(new MetadataRequest.MetadataRequestTopic { Name = topic });
        }

        return request;
    }

    public static ApiVersionsRequest ApiVersions() => new() { ClientSoftwareName = "tests", ClientSoftwareVersion = "1.0" };

    /// <summary>The only partition of an answer.</summary>
    public static ProduceResponse.PartitionProduceResponse Single(ProduceResponse response) =>
        Assert.Single(Assert.Single(response.Responses).PartitionResponses);

    /// <inheritdoc cref="Single(ProduceResponse)"/>
    public static FetchResponse.PartitionData Single(FetchResponse response) =>
        Assert.Single(Assert.Single(response.Responses).Partitions);

    /// <summary>All partitions of an answer, in its order.</summary>
    public static IReadOnlyList<FetchResponse.PartitionData> All(FetchResponse response) => [.. response.Responses.SelectMany(topic => topic.Partitions)];
}
