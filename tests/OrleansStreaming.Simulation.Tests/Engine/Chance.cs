namespace OrleansStreaming.Simulation.Tests.Engine;

/// <summary>All chance of one simulation, from its seed.</summary>
internal sealed class Chance(int seed)
{
    private readonly Random _random = new(seed);

    public bool Of(double probability) => probability > 0 && _random.NextDouble() < probability;

    /// <summary>From <paramref name="min"/> to <paramref name="max"/>, both possible.</summary>
    public long Between(long min, long max) => _random.NextInt64(min, max + 1);

    public int Below(int end) => _random.Next(end);

    public T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    /// <summary>Mostly short, sometimes much longer: as networks and disks are.</summary>
    public long LongTailed(long typical, long longest) =>
        Of(0.02) ? Between(typical, longest) : Between(typical / 2, typical * 2);
}
