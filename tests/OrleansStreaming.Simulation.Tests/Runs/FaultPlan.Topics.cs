using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Simulation.Tests.Engine;

namespace OrleansStreaming.Simulation.Tests.Runs;

/// <summary>The topic is deleted, maybe while a broker is away, and another one of the same name is created: soon, or while brokers still forget.</summary>
internal sealed partial class FaultPlan
{
    private void DeleteTopic()
    {
        if (Chance.Of(0.5))
        {
            Kill(Anyone());
        }

        _world.Trace("the topic is to be deleted");
        Command(controller => controller.Delete(new DeleteTopicCommand { Name = SimulatedWorld.Topic }));
    }

    /// <summary>Whenever there is none, one is asked for.</summary>
    private void KeepTopic() => _world.Events.After(Chance.Between(100, 5_000) * Micros.Millisecond, () =>
    {
        if (!_world.ControllerStore.State.Topics.ContainsKey(SimulatedWorld.Topic))
        {
            var assignments = Chance.Of(0.5)
                ? _world.Assignments.Select((replicas, partition) => (replicas, partition)).ToDictionary(entry => entry.partition, entry => entry.replicas)
                : [];
            Command(controller => controller.Create(new CreateTopicCommand
            {
                Name = SimulatedWorld.Topic,
                PartitionCount = assignments.Count > 0 ? -1 : _world.Options.Partitions,
                ReplicationFactor = (short)(assignments.Count > 0 ? -1 : 3),
                Assignments = assignments,
                Configs = _world.Configs,
            }));
        }

        KeepTopic();
    });
}
