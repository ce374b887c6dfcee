using OrleansStreaming.Simulation.Tests.Engine;

namespace OrleansStreaming.Simulation.Tests.Runs;

/// <summary>What one run is like; all of it follows from the seed.</summary>
internal sealed record SimulationOptions
{
    public int Seed { get; init; }

    public int Brokers { get; init; } = 3;

    public int Partitions { get; init; } = 2;

    public int MinInSync { get; init; } = 2;

    /// <summary>As with <c>flush.messages=1</c>: any number of power cuts is survived.</summary>
    public bool SyncsEveryAppend { get; init; }

    /// <summary>Now and then the topic is deleted, and created again soon.</summary>
    public bool DeletesTopic { get; init; }

    /// <summary>
    /// Any number of brokers lose what they have not synced, also all at once: what all in-sync replicas have lost is lost, but nothing
    /// that one of them still has.
    /// </summary>
    public bool MayLose { get; init; }

    /// <summary>How long faults come; afterwards everything must come right within <see cref="Healing"/>.</summary>
    public long Faults { get; init; } = 200 * Micros.Second;

    public long Healing { get; init; } = 60 * Micros.Second;

    /// <summary>Mean time from one fault to the next.</summary>
    public long FaultPeriod { get; init; } = 5 * Micros.Second;

    public static SimulationOptions From(int seed)
    {
        var chance = new Chance(seed);
        var options = new SimulationOptions
        {
            Seed = seed,
            Brokers = chance.Of(0.3) ? 5 : 3,
            Partitions = 1 + chance.Below(2),
            SyncsEveryAppend = chance.Of(0.3),
            FaultPeriod = chance.Between(1, 15) * Micros.Second,
            DeletesTopic = chance.Of(0.4),
            MayLose = chance.Of(0.15),
        };
        return options.MayLose ? options with { SyncsEveryAppend = false } : options;
    }
}
