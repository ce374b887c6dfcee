using System.Net;
using System.Net.Sockets;
using Orleans.Configuration;
using Orleans.Hosting;
using OrleansStreaming.Cluster.Hosting;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Groups.Hosting;
using OrleansStreaming.Replication.Hosting;

namespace Samples.CoHosted;

/// <summary>The application's silo is a broker too.</summary>
internal static class BrokerSilo
{
    public static void AddBroker(this IHostApplicationBuilder builder, string folder) => builder.UseOrleans(silo =>
    {
        silo.UseLocalhostClustering(FreePort(), FreePort());
        silo.Configure<SiloOptions>(options => options.SiloName = "broker-1");
        silo.Configure<BrokerOptions>(options => options.DataDirectory = Path.Combine(folder, "data"));
        silo.AddFileGrainStorageAsDefault(Path.Combine(folder, "cluster"));
        silo.AddOrleansStreamingCluster();
        silo.AddOrleansStreamingReplication();
        silo.AddOrleansStreamingGroups();
    });

    /// <summary>In production the ports are given; a sample takes what is free.</summary>
    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
