using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime;

namespace OrleansStreaming.Server.Hosting;

/// <summary>Why the application stops: because somebody asked it to, or because the cluster has declared its silo dead.</summary>
internal sealed class SiloFate
{
    private SiloFate()
    {
    }

    /// <summary>The cluster goes on without this process, which stopped for that reason.</summary>
    public bool WasDeclaredDead { get; private set; }

    /// <summary>Watches from now on. A silo that stops by itself leaves the membership only after the application began to stop.</summary>
    public static SiloFate Of(IServiceProvider services)
    {
        var fate = new SiloFate();
        var membership = services.GetRequiredService<IClusterMembershipService>();
        var address = services.GetRequiredService<ILocalSiloDetails>().SiloAddress;
        services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() =>
            fate.WasDeclaredDead = membership.CurrentSnapshot.GetSiloStatus(address) == SiloStatus.Dead);
        return fate;
    }
}
