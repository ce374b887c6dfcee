using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Tests.Handlers;

public sealed class ElectLeadersTests
{
    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(1, 0, false)]
    [InlineData(2, 1, true)]
    public async Task Named_partitions_have_an_outcome_each(short version, sbyte type, bool isUnclean)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var request = new ElectLeadersRequest
        {
            ElectionType = type,
            TopicPartitions = [new() { Topic = "t", Partitions = [0, 1, 0] }, new() { Topic = "nowhere", Partitions = [3] }],
        };

        var answer = await client.AskAsync<ElectLeadersResponse>(request, version);

        Assert.Equal(0, answer.ErrorCode);
        Assert.Equal(
            [("t", 0, ErrorCode.ElectionNotNeeded), ("t", 1, ErrorCode.ElectionNotNeeded), ("nowhere", 3, ErrorCode.UnknownTopicOrPartition)],
            Outcomes(answer));
        var command = Assert.IsType<ElectLeadersCommand>(Assert.Single(broker.Cluster.Commands));
        Assert.Equal(isUnclean, command.IsUnclean);
    }

    [Fact]
    public async Task Of_all_partitions_only_those_that_needed_an_election_are_told()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = broker.Cluster.AddReplicated("away", 1, 2);
        broker.Cluster.Put(new TopicDescription
        {
            Name = topic.Name,
            Id = topic.Id,
            Configs = topic.Configs,
            Partitions =
            [
                new PartitionDescription
                {
                    Partition = 0,
                    Leader = new BrokerId(2),
                    LeaderEpoch = new LeaderEpoch(1),
                    PartitionEpoch = new PartitionEpoch(1),
                    Replicas = topic.Partitions[0].Replicas,
                    InSyncReplicas = topic.Partitions[0].Replicas,
                },
            ],
        });
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<ElectLeadersResponse>(new ElectLeadersRequest { TopicPartitions = null }, 2);
        var metadata = await client.AskAsync<MetadataResponse>(Wire.Requests.Metadata("away"), 12);

        Assert.Equal([("away", 0, ErrorCode.None)], Outcomes(answer));
        Assert.Equal(1, metadata.Topics[0].Partitions[0].LeaderId);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_kind_of_election_that_does_not_exist(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var request = new ElectLeadersRequest { ElectionType = 2, TopicPartitions = [new() { Topic = "t", Partitions = [0] }] };

        var answer = await client.AskAsync<ElectLeadersResponse>(request, version);

        Assert.Equal((short)ErrorCode.InvalidRequest, answer.ErrorCode);
        Assert.Equal([("t", 0, ErrorCode.InvalidRequest)], Outcomes(answer));
        Assert.Empty(broker.Cluster.Commands);
    }

    [Fact]
    public async Task In_version_0_a_failure_is_told_with_each_partition()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.Failure = new TimeoutException("No answer.");
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<ElectLeadersResponse>(new ElectLeadersRequest { TopicPartitions = [new() { Topic = "t", Partitions = [0] }] }, 0);

        Assert.Equal([("t", 0, ErrorCode.RequestTimedOut)], Outcomes(answer));
    }

    private static IEnumerable<(string, int, ErrorCode)> Outcomes(ElectLeadersResponse answer) =>
        answer.ReplicaElectionResults.SelectMany(topic => topic.PartitionResult.Select(partition => (topic.Topic, partition.PartitionId, (ErrorCode)partition.ErrorCode)));
}
