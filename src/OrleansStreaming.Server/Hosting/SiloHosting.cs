#if ORLEANS_MICROSOFT
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using OrleansStreaming.Cluster.GrainStorage;
#endif
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using OrleansStreaming.Cluster.Hosting;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Groups.Hosting;
using OrleansStreaming.Replication.Hosting;
using OrleansStreaming.Server.Configuration;

namespace OrleansStreaming.Server.Hosting;

/// <summary>The broker's silo. Only this folder may know which Orleans it is.</summary>
internal static class SiloHosting
{
    /// <summary>Which Orleans the broker was built against.</summary>
    public static string Mode =>
#if ORLEANS_MICROSOFT
        "microsoft";
#else
        "embedded";
#endif

    public static void AddSilo(this IHostApplicationBuilder builder, ServerOptions options, Action<BrokerOptions> configure) =>
        builder.UseOrleans(silo =>
        {
            silo.UseCluster(options.ClusterDirectory);
            silo.Configure<SiloOptions>(siloOptions =>
                siloOptions.SiloName = BrokerSilos.NameOf(new Records.Ids.BrokerId(options.BrokerId)));
            silo.Configure(configure);
            silo.AddFileGrainStorageAsDefault(options.ClusterDirectory);
            silo.AddOrleansStreamingCluster();
            silo.AddOrleansStreamingReplication();
            silo.AddOrleansStreamingGroups();
        });

    /// <summary>All brokers of this machine that name the same directory are one cluster.</summary>
    private static void UseCluster(this ISiloBuilder silo, string directory)
    {
#if ORLEANS_MICROSOFT
        silo.Configure<ClusterOptions>(options => options.ServiceId = options.ClusterId = "orleans-streaming");
        silo.Configure<EndpointOptions>(options =>
            (options.AdvertisedIPAddress, options.SiloPort, options.GatewayPort) = (IPAddress.Loopback, FreePort(), FreePort()));
        silo.Services.AddSingleton<IMembershipTable>(new SharedMembershipTable(new FileGrainStorage(directory, Guid.NewGuid)));
#else
        silo.UseSharedDirectoryClustering(Path.Combine(directory, ".silos"));
#endif
    }

#if ORLEANS_MICROSOFT
    /// <summary>
    /// A port of the loopback that is free now. Orleans' own fixed ports are opened shared, so that a second broker of this
    /// machine would silently take half of the first one's connections.
    /// </summary>
    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
#endif
}
