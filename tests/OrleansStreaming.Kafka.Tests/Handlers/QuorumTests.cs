using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Fakes;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Tests.Handlers;

/// <summary>DescribeQuorum, UnregisterBroker, and who is called the controller.</summary>
public sealed class QuorumTests
{
    [Fact]
    public async Task The_metadata_partition_is_led_by_the_controllers_broker_under_its_term()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.Restart((7L << 32) | 41);
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<DescribeQuorumResponse>(Ask("__cluster_metadata", 0), 2);

        var partition = Assert.Single(Assert.Single(answer.Topics).Partitions);
        Assert.Equal((0, 2, 7, (7L << 32) | 41), (partition.ErrorCode, partition.LeaderId, partition.LeaderEpoch, partition.HighWatermark));
        Assert.Equal([(1, (7L << 32) | 41), (2, (7L << 32) | 41)], partition.CurrentVoters.Select(voter => (voter.ReplicaId, voter.LogEndOffset)));
        Assert.Empty(partition.Observers);
        Assert.Equal([(1, "host-1", 9091), (2, "host-2", 9092)], answer.Nodes.Select(node => (node.NodeId, node.Listeners[0].Host, (int)node.Listeners[0].Port)));
    }

    [Theory]
    [InlineData("__cluster_metadata", 1)]
    [InlineData("t", 0)]
    public async Task There_is_no_other_quorum(string topic, int partition)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<DescribeQuorumResponse>(Ask(topic, partition), 0);

        Assert.Equal((short)ErrorCode.UnknownTopicOrPartition, answer.Topics[0].Partitions[0].ErrorCode);
        Assert.Empty(answer.Topics[0].Partitions[0].CurrentVoters);
    }

    [Fact]
    public async Task A_broker_is_forgotten_once()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var first = await client.AskAsync<UnregisterBrokerResponse>(new UnregisterBrokerRequest { BrokerId = 3 }, 0);
        var again = await client.AskAsync<UnregisterBrokerResponse>(new UnregisterBrokerRequest { BrokerId = 3 }, 0);
        var cluster = await client.AskAsync<DescribeClusterResponse>(new DescribeClusterRequest { IncludeFencedBrokers = true }, 2);

        Assert.Equal((0, (short)ErrorCode.BrokerIdNotRegistered), (first.ErrorCode, again.ErrorCode));
        Assert.NotNull(again.ErrorMessage);
        Assert.Equal([1, 2], cluster.Brokers.Select(node => node.BrokerId));
    }

    [Fact]
    public async Task While_the_controllers_broker_is_down_another_takes_admin_requests()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.Change(image => FakeClusters.WithBroker(image, 2, isAlive: false));
        var client = await broker.ConnectAsync();

        var metadata = await client.AskAsync<MetadataResponse>(Wire.Requests.Metadata(), 12);
        var cluster = await client.AskAsync<DescribeClusterResponse>(new DescribeClusterRequest(), 1);
        var quorum = await client.AskAsync<DescribeQuorumResponse>(Ask("__cluster_metadata", 0), 1);

        Assert.Equal((1, 1), (metadata.ControllerId, cluster.ControllerId));
        Assert.Equal(-1, quorum.Topics[0].Partitions[0].LeaderId);
    }

    private static DescribeQuorumRequest Ask(string topic, int partition) => new()
    {
        Topics = [new() { TopicName = topic, Partitions = [new() { PartitionIndex = partition }] }],
    };
}
