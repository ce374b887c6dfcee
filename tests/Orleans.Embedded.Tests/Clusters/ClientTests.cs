using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Embedded.Testing;
using Orleans.Embedded.Tests.Silos;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Orleans.Embedded.Tests.Clusters;

/// <summary>Clients reach all grains through any silo.</summary>
public sealed class ClientTests : IAsyncLifetime
{
    private readonly EmbeddedTestCluster _cluster = new();
    private IHost _host = null!;

    private IClusterClient Client => _host.Services.GetRequiredService<IClusterClient>();

    public async Task InitializeAsync()
    {
        await _cluster.StartSiloAsync("a", PairFixture.Configure);
        await _cluster.StartSiloAsync("b", PairFixture.Configure);
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleansClient(client => client.UseSharedDirectoryClustering(_cluster.Directory));
        _host = builder.Build();
        await _host.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task ReachesGrainsOnAllSilos()
    {
        Assert.Equal("a", await Client.GetGrain<IRemoteGrain>("a/x").Where());
        Assert.Equal("b", await Client.GetGrain<IRemoteGrain>("b/x").Where());
        Assert.Equal("b", await Client.GetGrain<IRemoteGrain>("b/x").Where());
    }

    [Fact]
    public async Task CallsLookLikeThoseOfGrains()
    {
        var gate = Gate.NewName();
        var grain = Client.GetGrain<IRemoteGrain>("b/x");

        await Assert.ThrowsAsync<RemoteTrouble>(() => grain.Fail("no"));
        await grain.Announce(gate);
        await Gate.Named(gate).Arrival();
        var filled = await grain.Add(new Basket(), "pear");
        Assert.Equal("b", await filled.Owner!.Where());
    }

    [Fact]
    public async Task CancellationReachesTheCallee()
    {
        var gate = Gate.NewName();
        using var source = new CancellationTokenSource();
        var call = Client.GetGrain<IRemoteGrain>("b/x").WaitForCancellation(gate, source.Token);
        await Gate.Named(gate).Arrival();

        source.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Gate.Named(gate + "-cancelled").Arrival();
    }

    [Theory]
    [InlineData("a", "b")]
    [InlineData("b", "a")]
    public async Task GoesOnWithTheOtherSilo(string killed, string left)
    {
        var grains = Enumerable.Range(0, 10).Select(i => Client.GetGrain<IRemoteGrain>($"{left}/{i}")).ToList();
        await Task.WhenAll(grains.Select(grain => grain.Where()));
        await Client.GetGrain<IRemoteGrain>(killed + "/x").Where();

        await _cluster.KillAsync(killed);

        Assert.All(await Task.WhenAll(grains.Select(grain => grain.Where())), where => Assert.Equal(left, where));
        await Assert.ThrowsAsync<SiloUnavailableException>(() => Client.GetGrain<IRemoteGrain>(killed + "/x").Where());
    }
}
