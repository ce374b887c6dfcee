using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Hosting;
using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Cluster.Controller;
using OrleansStreaming.Cluster.Metadata;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;

namespace OrleansStreaming.Cluster.Hosting;

/// <summary>The controller, topic and producer id grains, and the metadata cache.</summary>
public static class ClusterSiloBuilderExtensions
{
    /// <summary>
    /// Needs <see cref="BrokerOptions"/> and a default grain storage; registers <see cref="IClusterMetadata"/>.
    /// </summary>
    public static ISiloBuilder AddOrleansStreamingCluster(this ISiloBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<BrokerOptions>();
        services.AddSingleton(provider => new ControllerRules(
            Guid.NewGuid,
            Random.Shared,
            new Dictionary<string, string>(provider.GetRequiredService<IOptions<BrokerOptions>>().Value.Configs)));
        services.AddSingleton<IBrokerMembership, SiloBrokerMembership>();
        services.AddSingleton<BrokerCalls>();
        services.AddSingleton<ClusterMetadata>();
        services.AddSingleton<IClusterMetadata>(provider => provider.GetRequiredService<ClusterMetadata>());
        services.AddHostedService(provider => provider.GetRequiredService<ClusterMetadata>());
        return builder;
    }
}
