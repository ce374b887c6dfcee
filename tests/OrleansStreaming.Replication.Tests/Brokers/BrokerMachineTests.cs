using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Brokers;
using OrleansStreaming.Replication.Tests.Partitions;

namespace OrleansStreaming.Replication.Tests.Brokers;

public sealed class BrokerMachineTests
{
    private static readonly TopicId _id = new(Guid.Parse("00000000-0000-0000-0000-00000000000a"));
    private static readonly TopicId _other = new(Guid.Parse("00000000-0000-0000-0000-00000000000b"));

    private readonly BrokerMachine _machine = new(new BrokerId(1));

    [Fact]
    public void Only_its_own_replicas_are_its_business()
    {
        var steps = Plan(Topic(_id, 1, [1, 2], [2], [3, 1]));
        Assert.Equal([0, 2], steps.Select(step => step.Partition.Partition));
        Assert.All(steps, step => Assert.True(step is { MustOpen: true, IsBlocked: false }));
    }

    [Fact]
    public void A_description_is_planned_until_it_was_done_and_older_ones_never()
    {
        var topic = Topic(_id, 3, [1]);
        Assert.Single(Plan(topic));
        Assert.Single(Plan(topic));
        _machine.Done(topic);
        Assert.Empty(Plan(topic));
        Assert.Empty(Plan(Topic(_id, 2, [1])));
        Assert.Single(Plan(Topic(_id, 4, [1])));
    }

    [Fact]
    public void Files_of_a_namesake_block_until_the_controller_declares_it_deleted()
    {
        _machine.Found(new TopicPartition("t", 0), _other);
        Assert.True(Plan(Topic(_id, 1, [1])).Single().IsBlocked);
        Assert.Equal([new TopicPartition("t", 0)], _machine.PlanDrop(_other));
        _machine.Removed(new TopicPartition("t", 0));
        Assert.False(Plan(Topic(_id, 1, [1])).Single().IsBlocked);
    }

    [Fact]
    public void A_late_description_of_a_deleted_topic_is_ignored()
    {
        _machine.PlanDrop(_id);
        Assert.Empty(Plan(Topic(_id, 9, [1])));
    }

    [Fact]
    public void Unknown_topics_on_disk_are_named_and_nothing_else()
    {
        _machine.Found(new TopicPartition("known", 0), _id);
        _machine.Found(new TopicPartition("stray", 0), _other);
        _machine.Found(new TopicPartition("nameless", 0), TopicId.None);
        Assert.Equal([new TopicPartition("stray", 0)], _machine.Strays(new HashSet<TopicId> { _id }));
        Assert.Empty(_machine.PlanDrop(TopicId.None));
    }

    private IReadOnlyList<ReplicaStep> Plan(TopicDescription topic) => _machine.Plan(topic, _ => false);

    private static TopicDescription Topic(TopicId id, long version, params int[][] replicas) => new()
    {
        Name = "t",
        Id = id,
        Version = version,
        Configs = new Dictionary<string, string>(),
        Partitions = replicas.Select((brokers, index) => Numbered(index, brokers)).ToArray(),
    };

    private static PartitionDescription Numbered(int index, int[] brokers)
    {
        var state = PartitionMachineTests.State(brokers[0], 0, 0, brokers, brokers);
        return new PartitionDescription
        {
            Partition = index,
            Leader = state.Leader,
            LeaderEpoch = state.LeaderEpoch,
            PartitionEpoch = state.PartitionEpoch,
            Replicas = state.Replicas,
            InSyncReplicas = state.InSyncReplicas,
        };
    }
}
