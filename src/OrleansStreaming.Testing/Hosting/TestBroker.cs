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
using OrleansStreaming.Replication.Hosting;

namespace OrleansStreaming.Testing.Hosting;

/// <summary>Puts a broker and a co-hosted client together.</summary>
internal static class TestBroker
{
    public static IHost Build(StreamingTestClusterOptions options, string directory, BrokerFaults faults)
    {
        var configs = new Dictionary<string, string>(options.Configs);
        if (!options.WithKafkaEndpoint)
        {
            var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
            AddBroker(builder, options, configs, directory, faults, kafkaPort: 0);
            return builder.Build();
        }

        // Chosen before it is bound, since clients are told of it.
        var port = FreePort();
        var web = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        web.Services.AddRoutingCore();
        AddBroker(web, options, configs, directory, faults, port);
        web.WebHost.UseKestrelCore();
        web.Services.AddKafkaEndpoint(endpoint => endpoint.Configs = configs);
        web.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listener => listener.UseKafka()));
        return web.Build();
    }

    /// <summary>Where the endpoint listens.</summary>
    public static string AddressOf(IHost host) =>
        new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Authority;

    private static void AddBroker(
        IHostApplicationBuilder builder,
        StreamingTestClusterOptions options,
        Dictionary<string, string> configs,
        string directory,
        BrokerFaults faults,
        int kafkaPort)
    {
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort(), FreePort());
            silo.Configure<SiloOptions>(siloOptions => siloOptions.SiloName = BrokerSilos.NameOf(new Records.Ids.BrokerId(1)));
            silo.Configure<BrokerOptions>(broker =>
            {
                broker.DataDirectory = Path.Combine(directory, "data");
                broker.AdvertisedPort = kafkaPort;
                broker.Configs = configs;
            });
            silo.AddFileGrainStorageAsDefault(Path.Combine(directory, "cluster"));
            silo.AddOrleansStreamingCluster();
            silo.AddOrleansStreamingReplication();
            silo.AddOrleansStreamingGroups();
            silo.AddIncomingGrainCallFilter(faults);
        });
        builder.Services.AddOrleansStreaming(options.ConfigureClient);
        options.ConfigureServices?.Invoke(builder.Services);
    }

    /// <summary>A port of the loopback that is free now.</summary>
    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
