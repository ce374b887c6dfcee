using OrleansStreaming.Records.Ids;
using OrleansStreaming.Simulation.Tests.Brokers;
using OrleansStreaming.Simulation.Tests.Disks;

namespace OrleansStreaming.Simulation.Tests.Checks;

/// <summary>
/// TLA+ <c>StrongIsr</c>: everything committed is on every member of the true in-sync set, except on one that has restarted since
/// it was noted there, which elections do not trust.
/// </summary>
internal static class StrongInSync
{
    /// <summary>Compares whole logs.</summary>
    public static void Check(SimulatedWorld world)
    {
        for (var partition = 0; partition < world.TopicStore.State.Partitions.Length; partition++)
        {
            foreach (var broker in Members(world, partition))
            {
                world.Ledger.Compare(partition, LogOf(world, broker, partition), $"broker {broker.Id}, in sync,");
            }
        }
    }

    /// <summary>
    /// After a step that committed, cut a log, or changed a set: compares the last committed batch. Two logs with the same batch of
    /// the same epoch in one place are the same up to there, which the whole comparison confirms now and then.
    /// </summary>
    public static void CheckLast(SimulatedWorld world, int partition)
    {
        foreach (var broker in Members(world, partition))
        {
            world.Ledger.CompareLast(partition, LogOf(world, broker, partition), $"broker {broker.Id}, in sync,");
        }
    }

    private static SimulatedLog LogOf(SimulatedWorld world, SimulatedBroker broker, int partition) =>
        broker.LogOf(new TopicId(world.TopicStore.State.Id), partition);

    private static IEnumerable<SimulatedBroker> Members(SimulatedWorld world, int partition)
    {
        if (partition >= world.TopicStore.State.Partitions.Length)
        {
            return [];
        }

        var state = world.TopicStore.State.Partitions[partition];
        return state.InSync.Select(world.Broker).Where(broker => broker.IsUp && broker.Epoch == state.InSyncEpochOf(broker.Id));
    }
}
