using OrleansStreaming.Cluster.Controller;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using static OrleansStreaming.Cluster.Tests.Support.Clusters;

namespace OrleansStreaming.Cluster.Tests.Controller;

public sealed class TopicCreationTests
{
    [Fact]
    public void The_intent_is_in_the_state_to_write_before_anything_happens()
    {
        var machine = Machine(1);
        var decision = machine.CreateTopic(new CreateTopicCommand { Name = "t", PartitionCount = 2, ReplicationFactor = 1 }, Alive(1));
        Assert.Equal(ErrorCode.None, decision.Error);
        Assert.Same(decision.Plan, decision.State.Topics["t"].Plan);
        Assert.Equal(decision.Plan!.Id.Value, decision.State.Topics["t"].Id);
        Assert.Equal([[1], [1]], decision.Plan.Assignments);
        Assert.Empty(machine.State.Topics);
        machine.Adopt(decision.State);
        machine.CompleteCreation("t");
        Assert.Null(machine.State.Topics["t"].Plan);
    }

    [Fact]
    public void Counts_default_to_the_brokers_configs()
    {
        var machine = new ControllerMachine(
            State(1, 2), new(1), Rules(configs: new() { ["num.partitions"] = "4", ["default.replication.factor"] = "2" }));
        var plan = machine.CreateTopic(new CreateTopicCommand { Name = "t" }, Alive(1, 2)).Plan!;
        Assert.Equal(4, plan.Assignments.Length);
        Assert.All(plan.Assignments, replicas => Assert.Equal(2, replicas.Length));
    }

    [Theory]
    [InlineData("bad/name", 1, 1, ErrorCode.InvalidTopicException)]
    [InlineData("", 1, 1, ErrorCode.InvalidTopicException)]
    [InlineData("t", 0, 1, ErrorCode.InvalidPartitions)]
    [InlineData("t", -2, 1, ErrorCode.InvalidPartitions)]
    [InlineData("t", 1, 0, ErrorCode.InvalidReplicationFactor)]
    [InlineData("t", 1, -3, ErrorCode.InvalidReplicationFactor)]
    [InlineData("t", 1, 3, ErrorCode.InvalidReplicationFactor)]
    [InlineData("old", 1, 1, ErrorCode.TopicAlreadyExists)]
    [InlineData("a_b", 1, 1, ErrorCode.InvalidTopicException)]
    public void Kafkas_refusals(string name, int partitions, short replicationFactor, ErrorCode expected)
    {
        var machine = Machine(1, 2);
        Create(machine, "old");
        Create(machine, "a.b");
        var command = new CreateTopicCommand { Name = name, PartitionCount = partitions, ReplicationFactor = replicationFactor };
        var decision = machine.CreateTopic(command, Alive(1, 2));
        Assert.Equal(expected, decision.Error);
        Assert.False(string.IsNullOrEmpty(decision.Message));
        Assert.Same(machine.State, decision.State);
    }

    [Fact]
    public void Bad_configs_are_refused()
    {
        var command = new CreateTopicCommand { Name = "t", Configs = new Dictionary<string, string> { ["retention.ms"] = "never" } };
        Assert.Equal(ErrorCode.InvalidConfig, Machine(1).CreateTopic(command, Alive(1)).Error);
    }

    [Theory]
    [InlineData("1,2;2,1", ErrorCode.None)]
    [InlineData("1;1,2", ErrorCode.InvalidReplicaAssignment)]
    [InlineData("1,1", ErrorCode.InvalidReplicaAssignment)]
    [InlineData("9", ErrorCode.InvalidReplicaAssignment)]
    [InlineData("", ErrorCode.InvalidReplicaAssignment)]
    [InlineData("3", ErrorCode.InvalidReplicaAssignment)]
    public void Manual_assignments_are_checked(string text, ErrorCode expected)
    {
        var assignments = text.Split(';').Select(replicas => replicas.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray()).ToArray();
        var command = new CreateTopicCommand
        {
            Name = "t",
            Assignments = assignments.Select((replicas, index) => (replicas, index)).ToDictionary(entry => entry.index, entry => entry.replicas),
        };
        Assert.Equal(expected, Machine(1, 2, 3).CreateTopic(command, Alive(1, 2)).Error);
    }

    [Fact]
    public void Assigned_partitions_are_numbered_from_zero_without_gaps()
    {
        var command = new CreateTopicCommand { Name = "t", Assignments = new Dictionary<int, int[]> { [0] = [1], [2] = [1] } };
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, Machine(1).CreateTopic(command, Alive(1)).Error);
    }

    [Fact]
    public void An_assignment_excludes_counts()
    {
        var command = new CreateTopicCommand { Name = "t", PartitionCount = 1, Assignments = new Dictionary<int, int[]> { [0] = [1] } };
        Assert.Equal(ErrorCode.InvalidRequest, Machine(1).CreateTopic(command, Alive(1)).Error);
    }

    [Fact]
    public void Partitions_can_only_be_added()
    {
        var machine = Machine(1, 2);
        var plan = Create(machine, "t", partitions: 2);
        machine.PublishTopic(Topic("t", plan.Id, 1, plan.Assignments));
        Assert.Equal(ErrorCode.InvalidPartitions, Grow(2).Error);
        Assert.Equal(ErrorCode.InvalidPartitions, Grow(1).Error);
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, Grow(3, [1], [2]).Error);
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, Grow(3, [1, 2]).Error);
        Assert.Equal([[2]], Grow(3, [2]).Assignments);
        Assert.Equal(3, Grow(5).Assignments.Length);
        Assert.Equal(
            ErrorCode.UnknownTopicOrPartition,
            machine.AddPartitions(new CreatePartitionsCommand { Name = "none", TotalCount = 2 }, Alive(1)).Error);

        PartitionGrowth Grow(int total, params int[][] manual) => machine.AddPartitions(
            new CreatePartitionsCommand { Name = "t", TotalCount = total, NewAssignments = manual.Length == 0 ? null : manual }, Alive(1, 2));
    }

    internal static TopicPlan Create(ControllerMachine machine, string name, int partitions = 1, bool isInternal = false)
    {
        var command = new CreateTopicCommand { Name = name, PartitionCount = partitions, ReplicationFactor = 1, IsInternal = isInternal };
        var decision = machine.CreateTopic(command, Alive([.. machine.State.Brokers.Keys]));
        Assert.Equal(ErrorCode.None, decision.Error);
        machine.Adopt(decision.State);
        return decision.Plan!;
    }
}
