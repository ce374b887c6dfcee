using Orleans.Concurrency;
using Orleans.Embedded.Tests.Silos;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Orleans.Embedded.Tests.Clusters;

/// <summary>Placed on the silo whose name is the part of the key before the slash.</summary>
[Serializable]
public sealed class NamedSiloPlacement : PlacementStrategy;

[AttributeUsage(AttributeTargets.Class)]
public sealed class OnNamedSiloAttribute() : PlacementAttribute(new NamedSiloPlacement());

public sealed class NamedSiloDirector(IClusterMembershipService membership) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var name = target.GrainIdentity.Key.ToString().Split('/')[0];
        var member = membership.CurrentSnapshot.Members.Values.FirstOrDefault(member => member.Name == name && member.Status == SiloStatus.Active);
        return member is null
            ? throw new SiloUnavailableException($"No silo {name}.")
            : Task.FromResult(member.SiloAddress);
    }
}

[GenerateSerializer]
public sealed class Basket
{
    [Id(0)]
    public List<string> Things { get; set; } = [];

    [Id(1)]
    public IRemoteGrain? Owner { get; set; }
}

[GenerateSerializer, Immutable]
public sealed class Payload(byte[] bytes)
{
    [Id(0)]
    public byte[] Bytes { get; } = bytes;
}

public sealed class RemoteTrouble(string message) : Exception(message);

public interface IRemoteGrain : IGrainWithStringKey
{
    Task<string> Where();

    Task<Basket> Add(Basket basket, string thing);

    Task<Payload> Echo(Payload payload);

    Task Fail(string message);

    [AlwaysInterleave]
    Task WaitAtGate(string gate);

    Task Block(string gate);

    Task<bool> WaitForCancellation(string gate, CancellationToken cancellationToken);

    [OneWay]
    Task Announce(string gate);

    Task<string?> ReadContext(string key);

    Task<string> Relay(IRemoteGrain other);

    Task<int> Count();

    Task End();
}

[OnNamedSilo]
public sealed class RemoteGrain(ILocalSiloDetails silo) : Grain, IRemoteGrain
{
    private int _count;

    public Task<string> Where() => Task.FromResult(silo.Name);

    public Task<Basket> Add(Basket basket, string thing)
    {
        basket.Things.Add(thing);
        basket.Owner = this.AsReference<IRemoteGrain>();
        return Task.FromResult(basket);
    }

    public Task<Payload> Echo(Payload payload) => Task.FromResult(payload);

    public Task Fail(string message) => throw new RemoteTrouble(message);

    public Task WaitAtGate(string gate) => Gate.Named(gate).Pass();

    public Task Block(string gate) => Gate.Named(gate).Pass();

    public async Task<bool> WaitForCancellation(string gate, CancellationToken cancellationToken)
    {
        var cancelled = new TaskCompletionSource();
        await using var registration = cancellationToken.Register(cancelled.SetResult);
        Gate.Named(gate).Announce();
        await cancelled.Task;
        Gate.Named(gate + "-cancelled").Announce();
        return true;
    }

    public Task Announce(string gate)
    {
        Gate.Named(gate).Announce();
        return Task.CompletedTask;
    }

    public Task<string?> ReadContext(string key) => Task.FromResult(RequestContext.Get(key) as string);

    public Task<string> Relay(IRemoteGrain other) => other.Where();

    public Task<int> Count() => Task.FromResult(++_count);

    public Task End()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}

public interface IAnywhereGrain : IGrainWithStringKey
{
    Task<string> Where();
}

/// <summary>Placed as the silo likes.</summary>
public sealed class AnywhereGrain(ILocalSiloDetails silo) : Grain, IAnywhereGrain
{
    public Task<string> Where() => Task.FromResult(silo.Name);
}
