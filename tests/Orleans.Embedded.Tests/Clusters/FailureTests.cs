using System.Net.Sockets;
using Orleans.Embedded.Testing;
using Orleans.Embedded.Tests.Silos;
using Orleans.Runtime;

namespace Orleans.Embedded.Tests.Clusters;

/// <summary>What silos do when others end, in whatever way.</summary>
public sealed class FailureTests : IAsyncLifetime
{
    private readonly EmbeddedTestCluster _cluster = new();

    private IGrainFactory A => _cluster.Silos["a"].Grains;

    private IClusterMembershipService Membership => _cluster.Silos["a"].Membership;

    public async Task InitializeAsync()
    {
        await _cluster.StartSiloAsync("a", PairFixture.Configure);
        await _cluster.StartSiloAsync("b", PairFixture.Configure);
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task DeathFailsTheCallsThatWait()
    {
        var gate = Gate.NewName();
        var call = A.GetGrain<IRemoteGrain>("b/x").Block(gate);
        await Gate.Named(gate).Arrival();

        await _cluster.KillAsync("b");

        await Assert.ThrowsAsync<SiloUnavailableException>(() => call);
        await Assert.ThrowsAsync<SiloUnavailableException>(() => A.GetGrain<IRemoteGrain>("b/x").Where());
    }

    [Fact]
    public async Task SiloOfTheSameNameIsANewGeneration()
    {
        var first = _cluster.Silos["b"].Address;
        var version = Membership.CurrentSnapshot.Version;
        await A.GetGrain<IRemoteGrain>("b/x").Count();
        await _cluster.KillAsync("b");

        var second = (await _cluster.StartSiloAsync("b", PairFixture.Configure)).Address;

        Assert.True(second.Generation > first.Generation);
        Assert.Equal(SiloStatus.Dead, Membership.CurrentSnapshot.GetSiloStatus(first));
        Assert.Equal(SiloStatus.Active, Membership.CurrentSnapshot.GetSiloStatus(second));
        Assert.True(Membership.CurrentSnapshot.Version > version);
        Assert.Equal(1, await A.GetGrain<IRemoteGrain>("b/x").Count());
    }

    [Fact]
    public async Task GrainsOfADeadSiloBeginElsewhere()
    {
        var grains = Enumerable.Range(0, 30).Select(i => A.GetGrain<IAnywhereGrain>("anywhere" + i)).ToList();
        var before = await Task.WhenAll(grains.Select(grain => grain.Where()));
        Assert.Contains("b", before);

        await _cluster.KillAsync("b");

        Assert.All(await Task.WhenAll(grains.Select(grain => grain.Where())), where => Assert.Equal("a", where));
    }

    [Fact]
    public async Task SiloThatStopsInOrderHandsItsGrainsOver()
    {
        var grains = Enumerable.Range(0, 30).Select(i => A.GetGrain<IAnywhereGrain>("anywhere" + i)).ToList();
        await Task.WhenAll(grains.Select(grain => grain.Where()));

        await _cluster.StopAsync("b");

        Assert.All(await Task.WhenAll(grains.Select(grain => grain.Where())), where => Assert.Equal("a", where));
    }

    [Fact]
    public async Task GrainsEndUpActiveOnceWhateverSilosComeAndGo()
    {
        var keys = Enumerable.Range(0, 30).Select(i => "anywhere" + i).ToList();
        await Task.WhenAll(keys.Select(key => A.GetGrain<IAnywhereGrain>(key).Where()));
        await _cluster.StartSiloAsync("c", PairFixture.Configure);
        await _cluster.KillAsync("b");
        await _cluster.StartSiloAsync("d", PairFixture.Configure);

        // While the directory changes hands a grain may be active twice; the later activation ends.
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        foreach (var key in keys)
        {
            string[] answers;
            do
            {
                patience.Token.ThrowIfCancellationRequested();
                answers = await Task.WhenAll(_cluster.Silos.Values.Select(silo => silo.Grains.GetGrain<IAnywhereGrain>(key).Where()));
            }
            while (answers.Distinct().Count() > 1);
        }
    }

    [Fact]
    public async Task SiloThatIsDeclaredDeadStopsItself()
    {
        var silo = _cluster.Silos["b"];
        var gate = Gate.NewName();
        var call = A.GetGrain<IRemoteGrain>("b/x").Block(gate);
        await Gate.Named(gate).Arrival();

        Assert.True(await Membership.TryKill(silo.Address));
        await silo.Membership.Refresh();

        Assert.True(silo.HasStopped);
        await Assert.ThrowsAsync<SiloUnavailableException>(() => call);
    }

    [Fact]
    public async Task CutConnectionsFailCallsAndComeBack()
    {
        var grain = A.GetGrain<IRemoteGrain>("b/x");
        var gate = Gate.NewName();
        var call = grain.Block(gate);
        await Gate.Named(gate).Arrival();

        _cluster.Network.Cut("a", "b");

        await Assert.ThrowsAsync<SiloUnavailableException>(() => call);
        await Assert.ThrowsAsync<SiloUnavailableException>(() => grain.Where());
        _cluster.Network.Heal();
        Gate.Named(gate).Open();
        Assert.Equal("b", await grain.Where());
    }

    [Fact]
    public async Task WhatIsHeldBackArrivesWhenTheNetworkHeals()
    {
        var grain = A.GetGrain<IRemoteGrain>("b/x");
        await grain.Where();
        _cluster.Network.CutOneWay("b", "a");

        var call = grain.Where();
        Assert.False(call.IsCompleted);
        _cluster.Network.Heal();

        Assert.Equal("b", await call);
    }

    [Fact]
    public async Task MembershipUpdatesTellEachSilosLife()
    {
        var seen = new List<SiloStatus>();
        var address = _cluster.Silos["b"].Address;
        var reading = Task.Run(async () =>
        {
            await foreach (var snapshot in Membership.MembershipUpdates)
            {
                seen.Add(snapshot.GetSiloStatus(address));
                if (seen[^1] == SiloStatus.Dead)
                {
                    return;
                }
            }
        });

        await _cluster.StopAsync("b");
        await reading;

        Assert.Equal(SiloStatus.Dead, seen[^1]);
        Assert.Equal(seen.Order(), seen);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task GarbageCostsItsConnectionOnly(int seed)
    {
        var garbage = new byte[4096];
        new Random(seed).NextBytes(garbage);
        garbage[1] = garbage[3] = 0xff;
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_cluster.Silos["b"].Address.Endpoint);

        await socket.SendAsync(garbage);

        Assert.True(await EndOf(socket));
        Assert.Equal("b", await A.GetGrain<IRemoteGrain>("b/x").Where());
    }

    private static async Task<bool> EndOf(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1]) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
