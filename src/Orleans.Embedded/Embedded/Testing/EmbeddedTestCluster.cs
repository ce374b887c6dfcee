using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Embedded.Connections;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Orleans.Embedded.Testing;

/// <summary>
/// A cluster of silos in this process, each with a container of its own, over real connections that tests can break. Only in the
/// embedded Orleans. Any thread.
/// </summary>
public sealed class EmbeddedTestCluster : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, EmbeddedTestSilo> _silos = new();

    /// <param name="time">The clock of the network's delays; the system's when null.</param>
    public EmbeddedTestCluster(TimeProvider? time = null)
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("embedded-cluster-").FullName;
        Network = new EmbeddedTestNetwork(time ?? TimeProvider.System);
    }

    /// <summary>The cluster's directory, for processes and clients that are to join it. Removed with the cluster.</summary>
    public string Directory { get; }

    public EmbeddedTestNetwork Network { get; }

    /// <summary>The running silos by name.</summary>
    public IReadOnlyDictionary<string, EmbeddedTestSilo> Silos => _silos;

    /// <summary>Starts a silo; when this completes it is active, and all silos of the cluster know it.</summary>
    /// <param name="name">Of no running silo.</param>
    public async Task<EmbeddedTestSilo> StartSiloAsync(string name, Action<ISiloBuilder>? configure = null)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleans(silo =>
        {
            silo.UseSharedDirectoryClustering(Directory);
            silo.Configure<SiloOptions>(options => options.SiloName = name);
            silo.Services.Replace(ServiceDescriptor.Singleton<INetwork>(new TestSiloNetwork(name, Network)));
            configure?.Invoke(silo);
        });
        var started = new EmbeddedTestSilo(name, builder.Build());
        if (!_silos.TryAdd(name, started))
        {
            throw new ArgumentException($"A silo {name} runs already.", nameof(name));
        }

        await started.Host.StartAsync().ConfigureAwait(false);
        await SettleAsync().ConfigureAwait(false);
        return started;
    }

    /// <summary>Stops a silo in good order.</summary>
    public async Task StopAsync(string name)
    {
        var silo = Take(name);
        await silo.Host.StopAsync().ConfigureAwait(false);
        await silo.DisposeAsync().ConfigureAwait(false);
        await SettleAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// The silo vanishes as if its process were killed: nothing of it runs any more and nobody is told. When this completes, the
    /// others know it to be dead.
    /// </summary>
    public async Task KillAsync(string name)
    {
        Take(name).Crash();
        await SettleAsync().ConfigureAwait(false);
    }

    /// <summary>Completes when all running silos have the same picture of the membership, in which exactly they are active.</summary>
    public async Task SettleAsync()
    {
        foreach (var silo in _silos.Values.Where(silo => !silo.HasStopped))
        {
            await silo.Membership.Refresh().ConfigureAwait(false);
            await foreach (var snapshot in silo.Membership.MembershipUpdates.ConfigureAwait(false))
            {
                var active = snapshot.Members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress);
                if (silo.HasStopped || active.ToHashSet().SetEquals(_silos.Values.Where(other => !other.HasStopped).Select(other => other.Address)))
                {
                    break;
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Network.Heal();
        foreach (var silo in _silos.Values)
        {
            await silo.Host.StopAsync().ConfigureAwait(false);
            await silo.DisposeAsync().ConfigureAwait(false);
        }

        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private EmbeddedTestSilo Take(string name) => _silos.TryRemove(name, out var silo)
        ? silo
        : throw new ArgumentException($"No silo {name} runs.", nameof(name));
}
