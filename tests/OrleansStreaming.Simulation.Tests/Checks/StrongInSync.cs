namespace OrleansStreaming.Simulation.Tests.Checks;

/// <summary>
/// TLA+ <c>StrongIsr</c>: everything committed is on every member of the true in-sync set, except on one that has restarted since
/// it was noted there, which elections do not trust.
/// </summary>
internal static class StrongInSync
{
    public static void Check(SimulatedWorld world)
    {
        for (var partition = 0; partition < world.Options.Partitions; partition++)
        {
            var state = world.TopicStore.State.Partitions[partition];
            foreach (var id in state.InSync)
            {
                var broker = world.Broker(id);
                if (broker.Epoch == state.InSyncEpochOf(id) && broker.IsUp)
                {
                    world.Ledger.Compare(partition, broker.Disks[partition], $"broker {id}, in sync in epoch {state.PartitionEpoch},");
                }
            }
        }
    }
}
