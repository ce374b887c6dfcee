using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Embedded.Membership;
using Orleans.Embedded.Silos;
using Orleans.Runtime;

namespace Orleans.Embedded.Testing;

/// <summary>A silo of a test cluster.</summary>
public sealed class EmbeddedTestSilo : IAsyncDisposable
{
    internal EmbeddedTestSilo(string name, IHost host)
    {
        Name = name;
        Host = host;
    }

    public string Name { get; }

    public IHost Host { get; }

    public IServiceProvider Services => Host.Services;

    public IGrainFactory Grains => Services.GetRequiredService<IGrainFactory>();

    public IClusterMembershipService Membership => Services.GetRequiredService<IClusterMembershipService>();

    public SiloAddress Address => Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;

    /// <summary>Its application was asked to stop, for instance because the cluster has declared the silo dead.</summary>
    public bool HasStopped => Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested;

    public ValueTask DisposeAsync() => ((IAsyncDisposable)Host).DisposeAsync();

    /// <summary>What the system does for a process that is killed: it drops its locks and ends its connections.</summary>
    internal void Crash()
    {
        ((SharedDirectoryMembership)Services.GetRequiredService<ISiloMembership>()).Dispose();
        Services.GetRequiredService<Silo>().Halt();
    }
}
