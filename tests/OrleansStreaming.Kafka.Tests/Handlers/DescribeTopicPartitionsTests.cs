using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Fakes;
using OrleansStreaming.Kafka.Tests.Wire;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Tests.Handlers;

public sealed class DescribeTopicPartitionsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(100)]
    public async Task Pages_cover_everything_once_and_in_order(int limit)
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.AddTopic("a", 1);
        broker.Cluster.AddTopic("b", 4);
        broker.Cluster.AddTopic("z", 2);
        var client = await broker.ConnectAsync();
        List<(string?, int)> seen = [];
        var request = new DescribeTopicPartitionsRequest { ResponsePartitionLimit = limit };

        do
        {
            var page = await client.AskAsync<DescribeTopicPartitionsResponse>(request, 0);
            var partitions = page.Topics.SelectMany(topic => topic.Partitions.Select(partition => (topic.Name, partition.PartitionIndex))).ToArray();
            Assert.InRange(partitions.Length, 1, limit);
            seen.AddRange(partitions);
            request.Cursor = page.NextCursor is { } next
                ? new DescribeTopicPartitionsRequest.CursorData { TopicName = next.TopicName, PartitionIndex = next.PartitionIndex }
                : null;
        }
        while (request.Cursor is not null);

        Assert.Equal([("a", 0), ("b", 0), ("b", 1), ("b", 2), ("b", 3), ("t", 0), ("t", 1), ("t", 2), ("z", 0), ("z", 1)], seen);
    }

    [Fact]
    public async Task Topics_by_name()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.AddTopic("a", 1);
        var client = await broker.ConnectAsync();
        var request = new DescribeTopicPartitionsRequest { Topics = [new() { Name = "t" }, new() { Name = "nowhere" }, new() { Name = "t" }] };

        var answer = await client.AskAsync<DescribeTopicPartitionsResponse>(request, 0);

        Assert.Equal(
            [("nowhere", ErrorCode.UnknownTopicOrPartition, 0), ("t", ErrorCode.None, 3)],
            answer.Topics.Select(topic => (topic.Name, (ErrorCode)topic.ErrorCode, topic.Partitions.Count)));
        Assert.Equal(broker.Cluster.Current.Topics["t"].Id.Value, answer.Topics[1].TopicId);
        Assert.Equal([3], answer.Topics[1].Partitions[0].OfflineReplicas);
        Assert.Null(answer.NextCursor);
    }

    [Fact]
    public async Task A_cursor_at_a_topic_that_is_gone_goes_on_behind_it()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.AddTopic("a", 1);
        var client = await broker.ConnectAsync();
        var request = new DescribeTopicPartitionsRequest { Cursor = new() { TopicName = "b", PartitionIndex = 2 } };

        var answer = await client.AskAsync<DescribeTopicPartitionsResponse>(request, 0);

        Assert.Equal("t", Assert.Single(answer.Topics).Name);
        Assert.Equal(3, answer.Topics[0].Partitions.Count);
    }

    [Fact]
    public async Task The_broker_bounds_a_page()
    {
        await using var broker = await TestBroker.StartAsync(options => options.Configs = new Dictionary<string, string> { ["max.request.partition.size.limit"] = "2" });
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<DescribeTopicPartitionsResponse>(new DescribeTopicPartitionsRequest { ResponsePartitionLimit = 2_000 }, 0);

        Assert.Equal(2, Assert.Single(answer.Topics).Partitions.Count);
        Assert.Equal(("t", 2), (answer.NextCursor!.TopicName, answer.NextCursor.PartitionIndex));
    }

    [Fact]
    public async Task A_partition_without_a_leader_is_no_error_and_tells_who_may_lead()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = broker.Cluster.AddReplicated("orphan", 3, 2);
        broker.Cluster.Put(FakeClusters.With(topic, new PartitionDescription
        {
            Partition = 0,
            Leader = BrokerId.None,
            LeaderEpoch = new LeaderEpoch(4),
            PartitionEpoch = new PartitionEpoch(5),
            Replicas = topic.Partitions[0].Replicas,
            InSyncReplicas = [new BrokerId(3)],
            EligibleLeaderReplicas = [new BrokerId(2)],
        }));
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<DescribeTopicPartitionsResponse>(new DescribeTopicPartitionsRequest { Topics = [new() { Name = "orphan" }] }, 0);

        var partition = Assert.Single(answer.Topics[0].Partitions);
        Assert.Equal((0, -1, 4), (partition.ErrorCode, partition.LeaderId, partition.LeaderEpoch));
        Assert.Equal([2], partition.EligibleLeaderReplicas);
        Assert.Equal([], partition.LastKnownElr);
        Assert.Equal([3], partition.OfflineReplicas);
    }

    [Theory]
    [InlineData("t", -1)]
    [InlineData("a", 0)]
    public async Task A_cursor_that_no_answer_can_have_given(string topic, int partition)
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.AddTopic("a", 1);
        var client = await broker.ConnectAsync();
        var request = new DescribeTopicPartitionsRequest { Topics = [new() { Name = "t" }], Cursor = new() { TopicName = topic, PartitionIndex = partition } };

        var answer = await client.AskAsync<DescribeTopicPartitionsResponse>(request, 0);

        Assert.Equal(("t", (short)ErrorCode.InvalidRequest), (answer.Topics[0].Name, answer.Topics[0].ErrorCode));
        Assert.Empty(answer.Topics[0].Partitions);
    }
}
