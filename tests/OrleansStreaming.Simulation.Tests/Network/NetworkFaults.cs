using OrleansStreaming.Simulation.Tests.Engine;

namespace OrleansStreaming.Simulation.Tests.Network;

/// <summary>How bad the network is while faults last.</summary>
internal sealed record NetworkFaults
{
    public double Loss { get; init; }

    public double Duplicate { get; init; }

    /// <summary>Microseconds, one way.</summary>
    public long TypicalDelay { get; init; } = 300;

    public long LongestDelay { get; init; } = 20 * Micros.Millisecond;

    public long CallTimeout { get; init; } = 3 * Micros.Second;

    public static NetworkFaults From(Chance chance) => new()
    {
        Loss = chance.Of(0.5) ? 0 : chance.Between(1, 50) / 1000.0,
        Duplicate = chance.Of(0.5) ? 0 : chance.Between(1, 50) / 1000.0,
        TypicalDelay = chance.Between(100, 3_000),
        LongestDelay = chance.Between(5, 3_000) * Micros.Millisecond,
        CallTimeout = chance.Between(1_000, 5_000) * Micros.Millisecond,
    };
}
