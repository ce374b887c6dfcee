using System.Net.Sockets;
using Orleans.Configuration;
using Orleans.Embedded.GrainDirectory;
using Orleans.Embedded.Testing;
using Orleans.Embedded.Tests.Silos;
using Orleans.Hosting;
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
    public async Task GrainsAreActiveOnceWhateverSilosComeAndGo()
    {
        var keys = Enumerable.Range(0, 30).Select(i => "anywhere" + i).ToList();
        await Task.WhenAll(keys.Select(key => A.GetGrain<IAnywhereGrain>(key).Where()));
        await _cluster.StartSiloAsync("c", PairFixture.Configure);
        await _cluster.KillAsync("b");
        await _cluster.StartSiloAsync("d", PairFixture.Configure);

        foreach (var key in keys)
        {
            var answers = await Task.WhenAll(_cluster.Silos.Values.Select(silo => silo.Grains.GetGrain<IAnywhereGrain>(key).Where()));
            Assert.Single(answers.Distinct());
        }
    }

    /// <summary>The entries of b go to a and c; c hears nothing of a, which has all the grains, until the network is whole again.</summary>
    [Fact]
    public async Task WhoKeepsEntriesFromNowOnHearsOfAllActivationsFirst()
    {
        var calls = await CallFromWhereOneIsUnheard();
        await _cluster.StartSiloAsync("d", PairFixture.Configure);
        Assert.All(calls, call => Assert.False(call.IsCompleted));

        _cluster.Network.Heal();

        Assert.All(await Task.WhenAll(calls), where => Assert.Equal("a", where));
    }

    /// <summary>As a silo that is stopped: its connections stay, and it says nothing.</summary>
    [Fact]
    public async Task SiloThatIsUnheardIsWaitedForUntilItIsDeclaredDead()
    {
        var calls = await CallFromWhereOneIsUnheard();
        Assert.All(calls, call => Assert.False(call.IsCompleted));

        Assert.True(await _cluster.Silos["c"].Membership.TryKill(_cluster.Silos["a"].Address));

        // What was on its way to the grains' silo has failed with it; the others have begun anew.
        Assert.All(await Task.WhenAll(calls.Select(WhereOrNowhere)), where => Assert.Contains(where, new[] { "c", null }));
        Assert.All(await Task.WhenAll(Preferred("c", "taken").Select(grain => grain.Where())), where => Assert.Equal("c", where));
    }

    [Fact]
    public async Task GrainsWhoseKeeperStaysDoNotWait()
    {
        var b = _cluster.Silos["b"].Address;
        await CallFromWhereOneIsUnheard();
        var c = _cluster.Silos["c"].Address;
        var keepers = new DirectoryOwners([_cluster.Silos["a"].Address, b, c]);

        var kept = Preferred("c", "fresh").Where(grain => c.Equals(keepers.Of(grain.GetGrainId()))).ToList();

        Assert.NotEmpty(kept);
        Assert.All(await Task.WhenAll(kept.Select(grain => grain.Where())), where => Assert.Equal("c", where));
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

    /// <summary>The entries of b go to a and c, and c calls grains of a, from which nothing arrives.</summary>
    private async Task<List<Task<string>>> CallFromWhereOneIsUnheard()
    {
        await _cluster.StartSiloAsync("c", silo =>
        {
            PairFixture.Configure(silo);

            // However slow the machine is, it has the patience.
            silo.Configure<SharedDirectoryClusteringOptions>(options => options.SilenceTimeout = TimeSpan.FromMinutes(1));
        });
        await Task.WhenAll(Preferred("a", "taken").Select(grain => grain.Where()));

        // These are answered when c has heard of all that was active before it came.
        await Task.WhenAll(Preferred("c", "first").Select(grain => grain.Where()));
        _cluster.Network.CutOneWay("a", "c");
        await _cluster.KillAsync("b");
        return [.. Preferred("c", "taken").Select(grain => grain.Where())];
    }

    private List<IPreferredGrain> Preferred(string caller, string keys) =>
        [.. Enumerable.Range(0, 30).Select(i => _cluster.Silos[caller].Grains.GetGrain<IPreferredGrain>(keys + i))];

    private static async Task<string?> WhereOrNowhere(Task<string> call)
    {
        try
        {
            return await call;
        }
        catch (SiloUnavailableException)
        {
            return null;
        }
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
