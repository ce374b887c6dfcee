using OrleansStreaming.Cluster.Topics;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Tests.Topics;

/// <summary>Random histories of broker starts, deaths and proposals, some from leaders that are behind the times.</summary>
public sealed class TopicHistoryTests
{
    [Fact]
    public void Epochs_only_grow_and_the_leader_is_always_in_sync()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            Run(seed);
        }
    }

    private static void Run(int seed)
    {
        var random = new Random(seed);
        int[] brokers = [1, 2, 3, 4, 5];
        var replicas = brokers.OrderBy(_ => random.Next()).Take(random.Next(1, 4)).ToArray();
        var alive = brokers.ToHashSet();
        var state = TopicMachineTests.Created(replicas, brokers);
        var seen = new List<PartitionState> { state.Partitions[0] };
        for (var step = 0; step < 60; step++)
        {
            var before = state;
            var present = before.Partitions[0];
            switch (random.Next(4))
            {
                case 0:
                    var started = brokers[random.Next(brokers.Length)];
                    alive.Add(started);
                    state = TopicMachine.Elect(state, TopicMachineTests.Id, new BrokerId(started), alive).State;
                    break;
                case 1:
                    alive.Remove(brokers[random.Next(brokers.Length)]);
                    state = TopicMachine.Elect(state, TopicMachineTests.Id, BrokerId.None, alive).State;
                    break;
                default:
                    var believed = seen[random.Next(Math.Max(0, seen.Count - 3), seen.Count)];
                    var wished = brokers.Where(_ => random.Next(2) == 0).Append(believed.Leader).Distinct().ToArray();
                    var decision = TopicMachine.ChangeInSync(
                        state, TopicMachineTests.Proposal(believed.Leader, believed.LeaderEpoch, believed.PartitionEpoch, wished));
                    Require(seed, step, decision.Error != ErrorCode.None || believed.PartitionEpoch == present.PartitionEpoch, "a stale proposal was taken");
                    state = decision.State;
                    break;
            }

            var next = state.Partitions[0];
            Require(seed, step, next.InSync.Length > 0, "nobody is in sync");
            Require(seed, step, !next.InSync.Except(next.Replicas).Any(), "a stranger is in sync");
            Require(seed, step, next.Leader == PartitionState.NoLeader || next.InSync.Contains(next.Leader), "the leader is not in sync");
            Require(seed, step, next.LeaderEpoch >= present.LeaderEpoch, "the leader epoch went back");
            Require(seed, step, next.Leader == present.Leader || next.LeaderEpoch > present.LeaderEpoch, "two leaders in one epoch");
            Require(seed, step, ReferenceEquals(next, present) || next.PartitionEpoch > present.PartitionEpoch, "a change without a new partition epoch");
            Require(seed, step, ReferenceEquals(state, before) == ReferenceEquals(next, present), "a version without a change");
            seen.Add(next);
        }
    }

    private static void Require(int seed, int step, bool condition, string complaint) =>
        Assert.True(condition, $"seed {seed}, step {step}: {complaint}");
}
