using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Partitions;
using OrleansStreaming.Replication.Tests.Partitions;

namespace OrleansStreaming.Replication.Tests.Support;

/// <summary>One replica's machine over a log in memory, and the steps that its shell would take.</summary>
internal sealed class MachineHost(int id, MemoryLog? log = null, long brokerEpoch = 1, int former = -1)
{
    private static readonly TopicPartition _partition = new("t", 0);

    public BrokerId Id { get; } = new(id);

    public long BrokerEpoch { get; } = brokerEpoch;

    public MemoryLog Log { get; } = log ??= new MemoryLog();

    public ReplicaMachine Machine { get; } = new(new BrokerId(id), brokerEpoch, _partition, ReplicaHost.Topic, log, new LeaderEpoch(former), Offset.Zero);

    public TimeSpan Now { get; set; } = TimeSpan.FromMinutes(1);

    public MachineHost Assign(int leader, int epoch, int version, int[] replicas, int[] inSync)
    {
        Machine.Assign(PartitionMachineTests.State(leader, epoch, version, replicas, inSync), Now);
        return this;
    }

    public void Append(params string[] values)
    {
        Log.Lead(Machine.Epoch, values);
        Machine.OnAppended(Now);
    }

    /// <summary>The next part for a follower with its plan; null when there is none.</summary>
    public (PartPlan Plan, ReplicatePart Part)? Next(int follower) =>
        Machine.Plan(new BrokerId(follower), Now) is { } plan
            ? (plan, plan.ToPart(_partition, ReplicaHost.Topic, plan.WantsRecords ? Log.Read(plan.PreviousOffset) : default))
            : null;

    /// <summary>Sends and answers until there is nothing to send; answers how many messages it took.</summary>
    public int Replicate(MachineHost follower)
    {
        for (var messages = 0; ; messages++)
        {
            Assert.True(messages < 50, "The two never agree.");
            if (Next(follower.Id.Value) is not var (plan, part))
            {
                return messages;
            }

            Machine.OnAnswer(plan, follower.BrokerEpoch, follower.Machine.Take(part, Id), Now);
        }
    }

    public FollowerStream Stream(int follower) => Machine.Streams.ToArray().Single(stream => stream.Broker == new BrokerId(follower));

    public ErrorCode Take(ReplicatePart part, int from) => Machine.Take(part, new BrokerId(from)).Error;
}
