namespace OrleansStreaming.Simulation.Tests.Engine;

/// <summary>Durations in the simulation's unit.</summary>
internal static class Micros
{
    public const long Millisecond = 1_000;
    public const long Second = 1_000_000;
}
