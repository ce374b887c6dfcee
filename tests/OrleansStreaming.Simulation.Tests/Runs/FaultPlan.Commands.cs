using OrleansStreaming.Simulation.Tests.Topics;

namespace OrleansStreaming.Simulation.Tests.Runs;

/// <summary>What operators do while things go wrong: partitions are moved, moves are cancelled, leaders go back to where they belong.</summary>
internal sealed partial class FaultPlan
{
    private void Move()
    {
        var partition = Chance.Below(_world.Options.Partitions);
        int[]? target = Chance.Of(0.15)
            ? null
            : [.. _world.Brokers.Select(broker => broker.Id).OrderBy(_ => Chance.Below(1_000)).Take(3)];
        _world.Count(target is null ? "cancelled move" : "move");
        Command(controller => controller.Move(partition, target));
    }

    private void Balance()
    {
        _world.Count("preferred election");
        Command(controller => controller.Balance());
    }

    private void Command(Action<ControllerActivation> command)
    {
        var through = _world.Brokers.Where(broker => broker.IsUp).ToArray();
        if (through.Length > 0)
        {
            _world.TellController(Chance.Pick(through), command);
        }
    }
}
