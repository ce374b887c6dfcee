using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Kafka.Hosting;

namespace OrleansStreaming.Benchmarks.Endpoints;

/// <summary>The Kafka endpoint with nothing behind it, in a process of its own.</summary>
internal static class NullBroker
{
    public const string Topic = "bench";
    public const int Partitions = 6;

    public static async Task<int> RunAsync(int port, CancellationToken cancellationToken)
    {
        var cluster = new NullCluster(Topic, Partitions, port);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(cluster.Grains());
        builder.Services.AddSingleton<IClusterMetadata>(cluster);
        builder.Services.AddSingleton<ILocalReplicas>(cluster);
        builder.WebHost.UseKestrelCore();
        builder.Services.AddKafkaEndpoint(_ => { });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listener => listener.UseKafka()));
        await using var host = builder.Build();
        await host.StartAsync(cancellationToken);
        Console.WriteLine("ready");
        await host.WaitForShutdownAsync(cancellationToken);
        return 0;
    }
}
