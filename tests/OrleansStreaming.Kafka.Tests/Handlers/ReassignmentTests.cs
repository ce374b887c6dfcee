using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Tests.Handlers;

/// <summary>AlterPartitionReassignments and ListPartitionReassignments (KIP-455).</summary>
public sealed class ReassignmentTests
{
    [Fact]
    public async Task A_move_is_listed_until_it_is_cancelled()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.AddReplicated("moved", 1, 2);
        var client = await broker.ConnectAsync();

        var started = await client.AskAsync<AlterPartitionReassignmentsResponse>(Move("moved", 0, [2, 3]), 1);
        var during = await client.AskAsync<ListPartitionReassignmentsResponse>(new ListPartitionReassignmentsRequest { Topics = null }, 0);
        var cancelled = await client.AskAsync<AlterPartitionReassignmentsResponse>(Move("moved", 0, null), 1);
        var after = await client.AskAsync<ListPartitionReassignmentsResponse>(new ListPartitionReassignmentsRequest { Topics = null }, 0);

        Assert.Equal((0, 0), (started.ErrorCode, started.Responses[0].Partitions[0].ErrorCode));
        var moving = Assert.Single(Assert.Single(during.Topics).Partitions);
        Assert.Equal([2, 3, 1], moving.Replicas);
        Assert.Equal([3], moving.AddingReplicas);
        Assert.Equal([1], moving.RemovingReplicas);
        Assert.Equal(0, cancelled.Responses[0].Partitions[0].ErrorCode);
        Assert.Empty(after.Topics);
    }

    [Fact]
    public async Task Each_partition_has_its_own_outcome()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var request = Move("t", 0, [2]);
        request.AllowReplicationFactorChange = false;
        request.Topics[0].Partitions.Add(new() { PartitionIndex = 7, Replicas = [1] });
        request.Topics.Add(new() { Name = "nowhere", Partitions = [new() { PartitionIndex = 0, Replicas = null }] });
        request.Topics[0].Partitions.Add(new() { PartitionIndex = 1, Replicas = null });

        var answer = await client.AskAsync<AlterPartitionReassignmentsResponse>(request, 1);

        Assert.Equal(
            [
                ("t", 0, ErrorCode.None), ("t", 7, ErrorCode.UnknownTopicOrPartition), ("t", 1, ErrorCode.NoReassignmentInProgress),
                ("nowhere", 0, ErrorCode.UnknownTopicOrPartition),
            ],
            answer.Responses.SelectMany(topic => topic.Partitions.Select(partition => (topic.Name, partition.PartitionIndex, (ErrorCode)partition.ErrorCode))));
        Assert.False(answer.AllowReplicationFactorChange);
        var command = Assert.IsType<AlterReassignmentsCommand>(Assert.Single(broker.Cluster.Commands));
        Assert.False(command.AllowReplicationFactorChange);
        Assert.Equal([new BrokerId(2)], command.Partitions[0].Replicas!);
        Assert.Null(command.Partitions[2].Replicas);
    }

    [Fact]
    public async Task A_partition_named_twice_is_moved_nowhere()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var request = Move("t", 0, [2]);
        request.Topics.Add(Move("t", 0, [3]).Topics[0]);

        var answer = await client.AskAsync<AlterPartitionReassignmentsResponse>(request, 0);

        Assert.Equal((short)ErrorCode.InvalidRequest, answer.ErrorCode);
        Assert.Empty(broker.Cluster.Commands);
    }

    [Fact]
    public async Task A_controller_that_does_not_answer_is_a_timeout()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.Failure = new TimeoutException("No answer.");
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<AlterPartitionReassignmentsResponse>(Move("t", 0, [2]), 0);

        Assert.Equal((short)ErrorCode.RequestTimedOut, answer.ErrorCode);
        Assert.Empty(answer.Responses);
    }

    [Fact]
    public async Task Named_partitions_that_do_not_move_are_not_listed()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.AddReplicated("moved", 1, 2);
        var client = await broker.ConnectAsync();
        await client.AskAsync<AlterPartitionReassignmentsResponse>(Move("moved", 0, [1, 3]), 1);

        var some = await client.AskAsync<ListPartitionReassignmentsResponse>(List(("moved", [0, 4, 0]), ("t", [0]), ("nowhere", [0]), ("moved", [0])), 0);
        var other = await client.AskAsync<ListPartitionReassignmentsResponse>(List(("moved", [4])), 0);
        var none = await client.AskAsync<ListPartitionReassignmentsResponse>(List(), 0);

        Assert.Equal([0], Assert.Single(some.Topics).Partitions.Select(partition => partition.PartitionIndex));
        Assert.Empty(other.Topics);
        Assert.Empty(none.Topics);
    }

    private static AlterPartitionReassignmentsRequest Move(string topic, int partition, List<int>? replicas) => new()
    {
        Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = partition, Replicas = replicas }] }],
    };

    private static ListPartitionReassignmentsRequest List(params (string Topic, List<int> Partitions)[] topics) => new()
    {
        Topics = [.. topics.Select(topic => new ListPartitionReassignmentsRequest.ListPartitionReassignmentsTopics { Name = topic.Topic, PartitionIndexes = topic.Partitions })],
    };
}
