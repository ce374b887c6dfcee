using System.Security.Cryptography;
using Orleans.Configuration;
using Orleans.Embedded.Testing;
using Orleans.Embedded.Tests.Silos;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Orleans.Embedded.Tests.Clusters;

/// <summary>Large payloads between silos that share memory, or would if they could.</summary>
public sealed class SharedRingTests : IAsyncLifetime
{
    private readonly EmbeddedTestCluster _cluster = new();

    private IGrainFactory A => _cluster.Silos["a"].Grains;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    /// <summary>Many at once through a ring that holds few of them, so that some go through it and others do not; and without any.</summary>
    [Theory]
    [InlineData(256 * 1024, 256 * 1024)]
    [InlineData(256 * 1024, 0)]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    public async Task PayloadsArriveAsTheyWereSent(int ringOfOne, int ringOfOther)
    {
        await StartAsync("a", ringOfOne);
        await StartAsync("b", ringOfOther);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(() => EchoAsync(new Random(caller), A.GetGrain<IRemoteGrain>($"b/{caller}"), 25))));
    }

    [Fact]
    public async Task WhatIsHeldBackArrivesUnchanged()
    {
        await StartAsync("a", 256 * 1024);
        await StartAsync("b", 256 * 1024);
        var there = A.GetGrain<IRemoteGrain>("b/x");
        await there.Where();

        _cluster.Network.CutOneWay("a", "b");
        var echoes = Enumerable.Range(0, 8).Select(caller => EchoAsync(new Random(caller), A.GetGrain<IRemoteGrain>($"b/{caller}"), 1)).ToList();
        _cluster.Network.Heal();

        await Task.WhenAll(echoes);
    }

    [Fact]
    public async Task BrokenConnectionsLeaveNothingBehind()
    {
        await StartAsync("a", 256 * 1024);
        await StartAsync("b", 256 * 1024);
        var there = A.GetGrain<IRemoteGrain>("b/x");
        for (var round = 0; round < 10; round++)
        {
            // It has no outcome before the break was noticed; the others may.
            var gate = Gate.NewName();
            var blocked = A.GetGrain<IRemoteGrain>($"b/{round}").Block(gate);
            await Gate.Named(gate).Arrival();
            var underWay = Enumerable.Range(0, 8).Select(_ => there.Echo(new Payload(new byte[200_000]))).ToList();
            _cluster.Network.Break("a", "b");
            await Assert.ThrowsAsync<SiloUnavailableException>(() => blocked);
            Gate.Named(gate).Open();
            foreach (var call in underWay)
            {
                // Either outcome is right: what matters is the next round.
                await call.ContinueWith(static call => _ = call.Exception, TaskScheduler.Default);
            }

            await EchoAsync(new Random(round), there, 3);
        }
    }

    [Fact]
    public async Task NextOfItsNameGetsRingsOfItsOwn()
    {
        await StartAsync("a", 256 * 1024);
        await StartAsync("b", 256 * 1024);
        var there = A.GetGrain<IRemoteGrain>("b/x");
        var underWay = there.Echo(new Payload(new byte[3_000_000]));
        await _cluster.KillAsync("b");
        await underWay.ContinueWith(static call => _ = call.Exception, TaskScheduler.Default);

        await StartAsync("b", 256 * 1024);

        await EchoAsync(new Random(1), there, 5);
    }

    private static async Task EchoAsync(Random random, IRemoteGrain there, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var bytes = new byte[random.Next(300_000)];
            random.NextBytes(bytes);
            var hash = SHA256.HashData(bytes);

            var echo = await there.Echo(new Payload(bytes));

            Assert.Equal(hash, SHA256.HashData(echo.Bytes));
        }
    }

    private Task StartAsync(string name, int ringBytes) => _cluster.StartSiloAsync(name, silo =>
    {
        PairFixture.Configure(silo);
        silo.Configure<SiloConnectionOptions>(options => options.RingBytes = ringBytes);
    });
}
