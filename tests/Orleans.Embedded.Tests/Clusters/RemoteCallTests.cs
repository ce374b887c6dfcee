using Orleans.Embedded.Testing;
using Orleans.Embedded.Tests.Silos;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Orleans.Embedded.Tests.Clusters;

/// <summary>Two silos for all tests of a class.</summary>
public sealed class PairFixture : IAsyncLifetime
{
    public EmbeddedTestCluster Cluster { get; } = new();

    public IGrainFactory A => Cluster.Silos["a"].Grains;

    public IGrainFactory B => Cluster.Silos["b"].Grains;

    public static void Configure(ISiloBuilder silo) => silo.AddPlacementDirector<NamedSiloPlacement, NamedSiloDirector>();

    public async Task InitializeAsync()
    {
        await Cluster.StartSiloAsync("a", Configure);
        await Cluster.StartSiloAsync("b", Configure);
    }

    public async Task DisposeAsync() => await Cluster.DisposeAsync();
}

/// <summary>Calls between silos look like calls within one.</summary>
public sealed class RemoteCallTests(PairFixture pair) : IClassFixture<PairFixture>
{
    private readonly IRemoteGrain _remote = pair.A.GetGrain<IRemoteGrain>("b/" + Gate.NewName());

    [Fact]
    public async Task GrainRunsWhereItsDirectorSays()
    {
        Assert.Equal("b", await _remote.Where());
        Assert.Equal("a", await pair.B.GetGrain<IRemoteGrain>("a/" + Gate.NewName()).Where());
        Assert.Equal("a", await pair.A.GetGrain<IRemoteGrain>("a/" + Gate.NewName()).Where());
    }

    [Fact]
    public async Task ArgumentsAndResultsAreCopies()
    {
        var basket = new Basket { Things = ["apple"] };

        var filled = await _remote.Add(basket, "pear");

        Assert.Equal(["apple"], basket.Things);
        Assert.Equal(["apple", "pear"], filled.Things);
        Assert.Equal(_remote, filled.Owner);
        Assert.Equal("b", await filled.Owner!.Where());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5000)]
    [InlineData(100_000)]
    [InlineData(3_000_000)]
    public async Task PayloadsOfAnySizeArrive(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);

        var echo = await _remote.Echo(new Payload(bytes));

        Assert.Equal(bytes, echo.Bytes);
    }

    [Fact]
    public async Task ExceptionsReachTheCaller()
    {
        var failure = await Assert.ThrowsAsync<RemoteTrouble>(() => _remote.Fail("it broke"));

        Assert.Equal("it broke", failure.Message);
    }

    [Fact]
    public async Task CancellationReachesTheCallee()
    {
        var gate = Gate.NewName();
        using var source = new CancellationTokenSource();

        var call = _remote.WaitForCancellation(gate, source.Token);
        await Gate.Named(gate).Arrival();
        source.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Gate.Named(gate + "-cancelled").Arrival();
    }

    [Fact]
    public async Task OneWayCallsArrive()
    {
        var gate = Gate.NewName();

        await _remote.Announce(gate);

        await Gate.Named(gate).Arrival();
    }

    [Fact]
    public async Task InterleavingCallsPassOneThatWaits()
    {
        var first = Gate.NewName();
        var second = Gate.NewName();
        var waiting = _remote.Block(first);
        await Gate.Named(first).Arrival();

        var passing = _remote.WaitAtGate(second);
        await Gate.Named(second).Arrival();

        Gate.Named(second).Open();
        await passing;
        Gate.Named(first).Open();
        await waiting;
    }

    [Fact]
    public async Task RequestContextTravels()
    {
        RequestContext.Set("colour", "blue");

        Assert.Equal("blue", await _remote.ReadContext("colour"));
    }

    [Fact]
    public async Task GrainsCallGrainsOnOtherSilos()
    {
        var home = pair.A.GetGrain<IRemoteGrain>("a/" + Gate.NewName());

        Assert.Equal("a", await _remote.Relay(home));
    }

    [Fact]
    public async Task CallsFromOneCallerKeepTheirOrder()
    {
        await _remote.Count();

        var counts = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => _remote.Count()));

        Assert.Equal(Enumerable.Range(2, 500), counts);
    }

    [Fact]
    public async Task GrainThatEndedBeginsAnew()
    {
        await _remote.Count();
        await _remote.Count();

        await _remote.End();

        Assert.Equal(1, await _remote.Count());
    }

    [Fact]
    public async Task GrainPlacedAnywhereHasOneActivation()
    {
        var key = Gate.NewName();
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i =>
            (i % 2 == 0 ? pair.A : pair.B).GetGrain<IAnywhereGrain>(key + (i / 2)).Where()));

        for (var i = 0; i < answers.Length; i += 2)
        {
            Assert.Equal(answers[i], answers[i + 1]);
        }

        Assert.Contains("a", answers);
        Assert.Contains("b", answers);
    }
}
