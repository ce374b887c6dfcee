using System.Collections.Concurrent;
using Orleans.Embedded.Tests.Silos;
using Orleans.Hosting;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Orleans.Embedded.Tests.Placement;

[Serializable, GenerateSerializer, Immutable]
public sealed class PinnedPlacement : PlacementStrategy;

[AttributeUsage(AttributeTargets.Class)]
public sealed class PinnedPlacementAttribute() : PlacementAttribute(new PinnedPlacement());

/// <summary>Pins to the silo that the key names behind its at sign.</summary>
public sealed class PinnedPlacementDirector(IClusterMembershipService membership) : IPlacementDirector
{
    public static readonly ConcurrentDictionary<string, int> Asked = new();

    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var key = target.GrainIdentity.Key.ToString()!;
        Asked.AddOrUpdate(key, 1, (_, count) => count + 1);
        var name = key[(key.IndexOf('@', StringComparison.Ordinal) + 1)..];
        var member = membership.CurrentSnapshot.Members.Values.FirstOrDefault(candidate => candidate.Name == name)
            ?? throw new InvalidOperationException($"There is no silo named {name}.");
        return Task.FromResult(context.GetCompatibleSilos(target).Single(silo => silo.Equals(member.SiloAddress)));
    }
}

public interface IPinnedGrain : IGrainWithStringKey
{
    Task<string> Silo();
}

[PinnedPlacement]
public sealed class PinnedGrain(ILocalSiloDetails silo) : Grain, IPinnedGrain
{
    public Task<string> Silo() => Task.FromResult(silo.Name);
}

public interface IPlacedGrain : IGrainWithIntegerKey
{
    Task<string> Silo();
}

[HashBasedPlacement]
public sealed class HashPlacedGrain(ILocalSiloDetails silo) : Grain, IPlacedGrain
{
    public Task<string> Silo() => Task.FromResult(silo.Name);
}

[PreferLocalPlacement]
public sealed class LocallyPlacedGrain(ILocalSiloDetails silo) : Grain, IPlacedGrain
{
    public Task<string> Silo() => Task.FromResult(silo.Name);
}

[RandomPlacement]
public sealed class RandomlyPlacedGrain(ILocalSiloDetails silo) : Grain, IPlacedGrain
{
    public Task<string> Silo() => Task.FromResult(silo.Name);
}

public sealed class PlacementTests : IAsyncLifetime
{
    private TestSilo _silo = null!;

    public async Task InitializeAsync() => _silo = await TestSilo.Start(
        builder => builder.Services.AddPlacementDirector<PinnedPlacement, PinnedPlacementDirector>());

    public async Task DisposeAsync() => await _silo.DisposeAsync();

    [Fact]
    public async Task The_director_of_the_class_is_asked_once_per_activation()
    {
        var key = Gate.NewName() + "@test-silo";
        var grain = _silo.Grains.GetGrain<IPinnedGrain>(key);
        await grain.Silo();

        Assert.Equal("test-silo", await grain.Silo());
        Assert.Equal(1, PinnedPlacementDirector.Asked[key]);
    }

    [Fact]
    public async Task What_the_director_throws_reaches_the_caller()
    {
        var grain = _silo.Grains.GetGrain<IPinnedGrain>(Gate.NewName() + "@elsewhere");

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => grain.Silo());
        Assert.Contains("There is no silo named elsewhere", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HashPlaced")]
    [InlineData("LocallyPlaced")]
    [InlineData("RandomlyPlaced")]
    public async Task The_strategies_that_come_with_Orleans_find_the_only_silo(string prefix)
    {
        var grain = _silo.Grains.GetGrain<IPlacedGrain>(7, "Orleans.Embedded.Tests.Placement." + prefix);

        Assert.Equal("test-silo", await grain.Silo());
    }
}
