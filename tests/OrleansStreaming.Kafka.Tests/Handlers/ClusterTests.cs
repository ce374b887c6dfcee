using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Wire;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Tests.Handlers;

/// <summary>DescribeCluster, DescribeLogDirs and FindCoordinator: what tools look at first.</summary>
public sealed class ClusterTests
{
    [Theory]
    [InlineData(false, new[] { 1, 2 })]
    [InlineData(true, new[] { 1, 2, 3 })]
    public async Task The_cluster_and_its_brokers(bool withFenced, int[] expected)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<DescribeClusterResponse>(
            new DescribeClusterRequest { IncludeClusterAuthorizedOperations = true, IncludeFencedBrokers = withFenced }, 2);

        Assert.Equal((0, "a-cluster", 2), (answer.ErrorCode, answer.ClusterId, answer.ControllerId));
        Assert.Equal(expected, answer.Brokers.Select(node => node.BrokerId));
        Assert.Equal(expected.Select(id => id == 3), answer.Brokers.Select(node => node.IsFenced));
        Assert.True(answer.ClusterAuthorizedOperations > 0);
    }

    [Theory]
    [InlineData(2, ErrorCode.MismatchedEndpointType)]
    [InlineData(3, ErrorCode.UnsupportedEndpointType)]
    public async Task There_are_no_other_endpoints(sbyte type, ErrorCode expected)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<DescribeClusterResponse>(new DescribeClusterRequest { EndpointType = type }, 1);

        Assert.Equal((short)expected, answer.ErrorCode);
        Assert.Empty(answer.Brokers);
    }

    [Fact]
    public async Task Log_directories_hold_what_is_asked_for()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.AddTopic("u", 2);
        broker.Replicas["t", 1].Store(Batches.Of("a"));
        var client = await broker.ConnectAsync();

        var all = Assert.Single((await client.AskAsync<DescribeLogDirsResponse>(new DescribeLogDirsRequest { Topics = null }, 4)).Results);
        var some = Assert.Single((await client.AskAsync<DescribeLogDirsResponse>(
            new DescribeLogDirsRequest { Topics = [new() { Topic = "t", Partitions = [1, 9] }, new() { Topic = "nowhere", Partitions = [0] }] }, 4)).Results);
        var none = Assert.Single((await client.AskAsync<DescribeLogDirsResponse>(new DescribeLogDirsRequest { Topics = [] }, 4)).Results);

        Assert.Equal(("/var/lib/broker", 1_000_000, 400_000), (all.LogDir, all.TotalBytes, all.UsableBytes));
        Assert.Equal(5, all.Topics.Sum(topic => topic.Partitions.Count));
        Assert.Equal([0, 1, 2], all.Topics.Single(topic => topic.Name == "t").Partitions.Select(partition => partition.PartitionIndex));
        var partition = Assert.Single(Assert.Single(some.Topics).Partitions);
        Assert.Equal((1, Batches.Of("a").Length, 0), (partition.PartitionIndex, partition.PartitionSize, partition.OffsetLag));
        Assert.Empty(none.Topics);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Transactions_have_no_coordinator_yet(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<FindCoordinatorResponse>(new FindCoordinatorRequest { Key = "id", KeyType = 1 }, version);

        // The one answer after which librdkafka does not ask again.
        Assert.Equal(((short)ErrorCode.TransactionalIdAuthorizationFailed, -1, -1), (answer.ErrorCode, answer.NodeId, answer.Port));
        Assert.Contains("no transactions", answer.ErrorMessage);
    }

    [Fact]
    public async Task Transactions_have_no_coordinator_for_any_of_several_keys()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<FindCoordinatorResponse>(new FindCoordinatorRequest { KeyType = 1, CoordinatorKeys = ["a", "b"] }, 4);

        Assert.Equal(["a", "b"], answer.Coordinators.Select(coordinator => coordinator.Key));
        Assert.All(answer.Coordinators, coordinator => Assert.Equal((short)ErrorCode.UnsupportedVersion, coordinator.ErrorCode));
    }
}
