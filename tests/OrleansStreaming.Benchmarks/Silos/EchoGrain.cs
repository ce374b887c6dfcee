using Orleans;
using Orleans.Concurrency;
using Orleans.Placement;

namespace OrleansStreaming.Benchmarks.Silos;

/// <summary>Answers at once.</summary>
public interface IEchoGrain : IGrainWithIntegerKey
{
    Task<int> Ping(int value);

    /// <summary>The length of what came.</summary>
    Task<int> Take([Immutable] ReadOnlyMemory<byte> payload);
}

/// <summary>Lives where it was first called.</summary>
[Reentrant, PreferLocalPlacement]
public sealed class EchoGrain : Grain, IEchoGrain
{
    public Task<int> Ping(int value) => Task.FromResult(value);

    public Task<int> Take(ReadOnlyMemory<byte> payload) => Task.FromResult(payload.Length);
}
