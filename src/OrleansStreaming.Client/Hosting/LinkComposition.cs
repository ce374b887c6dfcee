using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans;
using OrleansStreaming.Client.Connections;
using OrleansStreaming.Client.Diagnostics;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;

namespace OrleansStreaming.Client.Hosting;

/// <summary>Puts a link together: beside a broker's silo with what the silo knows, elsewhere with its own picture of the cluster.</summary>
internal static class LinkComposition
{
    public static ClusterLink Remote(IGrainFactory grains, StreamingClientOptions options, ILoggerFactory logging, TimeProvider time) => new(
        grains,
        new RemoteMetadata(grains, time, logging.CreateLogger<RemoteMetadata>()),
        null,
        options,
        time,
        Random.Shared,
        new ClientMetrics(null),
        logging);

    public static ClusterLink FromServices(IServiceProvider services)
    {
        var grains = services.GetRequiredService<IGrainFactory>();
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var logging = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
        return new ClusterLink(
            grains,
            services.GetService<IClusterMetadata>() ?? new RemoteMetadata(grains, time, logging.CreateLogger<RemoteMetadata>()),
            services.GetService<ILocalReplicas>(),
            services.GetRequiredService<IOptions<StreamingClientOptions>>().Value,
            time,
            Random.Shared,
            new ClientMetrics(services.GetService<IMeterFactory>()),
            logging);
    }
}
