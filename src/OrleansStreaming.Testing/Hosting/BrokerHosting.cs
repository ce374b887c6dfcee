using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using OrleansStreaming.Client.Hosting;
using OrleansStreaming.Cluster.Hosting;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Groups.Hosting;
using OrleansStreaming.Kafka.Hosting;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Hosting;

namespace OrleansStreaming.Testing.Hosting;

/// <summary>Puts brokers together, each with a co-hosted client, and clients of their own.</summary>
internal static class BrokerHosting
{
    public static IHost BuildBroker(BrokerSetup setup)
    {
        if (!setup.Options.WithKafkaEndpoint)
        {
            var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
            AddBroker(builder, setup, kafkaPort: 0);
            return builder.Build();
        }

        // Chosen before it is bound, since clients are told of it.
        var port = FreePort();
        var web = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        web.Services.AddRoutingCore();
        AddBroker(web, setup, port);
        web.WebHost.UseKestrelCore();
        web.Services.AddKafkaEndpoint(endpoint =>
        {
            endpoint.BrokerId = setup.Broker.Value;
            endpoint.Configs = setup.Configs;
        });
        web.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listener => listener.UseKafka()));
        return web.Build();
    }

    /// <summary>A client that is beside no broker, as one of another process is.</summary>
    public static IHost BuildClient(StreamingTestClusterOptions options, string directory)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleansClient(client => client.UseClusterDirectory(ClusterDirectory(directory)));
        builder.Services.AddOrleansStreaming(options.ConfigureClient);
        return builder.Build();
    }

    /// <summary>Where the endpoint listens.</summary>
    public static string AddressOf(IHost host) =>
        new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Authority;

    private static void AddBroker(IHostApplicationBuilder builder, BrokerSetup setup, int kafkaPort)
    {
        builder.UseOrleans(silo =>
        {
            silo.UseCluster(setup);
            silo.Configure<SiloOptions>(options => options.SiloName = BrokerSilos.NameOf(setup.Broker));
            silo.Configure<BrokerOptions>(broker =>
            {
                broker.BrokerId = setup.Broker.Value;
                broker.DataDirectory = Path.Combine(setup.Directory, $"data-{setup.Broker}");
                broker.AdvertisedPort = kafkaPort;
                broker.Configs = setup.Configs;
            });
            silo.AddFileGrainStorageAsDefault(ClusterDirectory(setup.Directory));
            silo.AddOrleansStreamingCluster();
            silo.AddOrleansStreamingReplication();
            silo.AddOrleansStreamingGroups();
            silo.AddIncomingGrainCallFilter(setup.Faults);
        });
        builder.Services.AddOrleansStreaming(setup.Options.ConfigureClient);
        setup.Options.ConfigureServices?.Invoke(builder.Services);
    }

    /// <summary>One broker is a cluster by itself; several find each other in their directory.</summary>
    private static void UseCluster(this ISiloBuilder silo, BrokerSetup setup)
    {
        if (setup.Options.Brokers == 1)
        {
            silo.UseLocalhostClustering(FreePort(), FreePort());
            return;
        }

#if ORLEANS_MICROSOFT
        throw new NotSupportedException(
            "Several brokers in one process need the embedded Orleans: silos on the Microsoft.Orleans packages take many seconds to miss one that was killed. Test with one broker.");
#else
        silo.UseSharedDirectoryClustering(ClusterDirectoryExtensions.SilosOf(ClusterDirectory(setup.Directory)));
#endif
    }

    /// <summary>What the brokers of a cluster share.</summary>
    public static string ClusterDirectory(string directory) => Path.Combine(directory, "cluster");

    /// <summary>A port of the loopback that is free now.</summary>
    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}

/// <summary>What one broker of a test cluster is made of.</summary>
/// <param name="Broker">Its id.</param>
/// <param name="Options">The cluster's.</param>
/// <param name="Configs">Kafka broker configs.</param>
/// <param name="Directory">The cluster's.</param>
/// <param name="Faults">The cluster's.</param>
internal sealed record BrokerSetup(
    BrokerId Broker, StreamingTestClusterOptions Options, Dictionary<string, string> Configs, string Directory, BrokerFaults Faults);
