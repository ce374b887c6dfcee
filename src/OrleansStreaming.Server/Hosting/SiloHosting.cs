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
            silo.UseLocalhostClustering();
            silo.Configure<SiloOptions>(siloOptions =>
                siloOptions.SiloName = BrokerSilos.NameOf(new Records.Ids.BrokerId(options.BrokerId)));
            silo.Configure(configure);
            silo.AddFileGrainStorageAsDefault(options.ClusterDirectory);
            silo.AddOrleansStreamingCluster();
            silo.AddOrleansStreamingReplication();
            silo.AddOrleansStreamingGroups();
        });
}
