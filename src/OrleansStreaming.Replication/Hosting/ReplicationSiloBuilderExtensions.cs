using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Replication.Brokers;
using OrleansStreaming.Replication.Compaction;
using OrleansStreaming.Replication.Links;
using OrleansStreaming.Replication.Metrics;
using OrleansStreaming.Replication.Placement;
using OrleansStreaming.Replication.Replicas;
using OrleansStreaming.Storage.Devices;

namespace OrleansStreaming.Replication.Hosting;

/// <summary>The replica and broker grains, and the broker's own life.</summary>
public static class ReplicationSiloBuilderExtensions
{
    /// <summary>
    /// Needs <see cref="BrokerOptions"/> and the cluster's services; registers <see cref="ILocalReplicas"/> and
    /// <see cref="IBrokerReadiness"/>. The broker starts with the host, after the silo: call it inside <c>UseOrleans</c>, before
    /// endpoints are added. A host start fails with the reason when the broker cannot start.
    /// </summary>
    public static ISiloBuilder AddOrleansStreamingReplication(this ISiloBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IStorageDevice>(FileStorageDevice.Instance);
        services.AddOptions<BrokerOptions>();
        services.AddMetrics();
        services.AddSingleton<LocalReplicas>();
        services.AddSingleton<ILocalReplicas>(provider => provider.GetRequiredService<LocalReplicas>());
        services.AddSingleton<IObservedReplicas>(provider => provider.GetRequiredService<LocalReplicas>());
        services.AddSingleton<ReplicationMetrics>();
        services.AddSingleton<BrokerLinks>();
        services.AddSingleton<IReplicaPeers>(provider => provider.GetRequiredService<BrokerLinks>());
        services.AddSingleton<PartReceiver>();
        services.AddSingleton<DiskProbe>();
        services.AddSingleton<BrokerReplicas>();
        services.AddSingleton<DepartedReplicas>();
        services.AddSingleton<ControlledShutdown>();
        services.AddSingleton<BrokerReadiness>();
        services.AddSingleton<FormerSilos>();
        services.AddSingleton<IBrokerReadiness>(provider => provider.GetRequiredService<BrokerReadiness>());
        services.AddSingleton<BrokerUpkeep>();
        services.AddSingleton<DirtyLogs>();
        services.AddSingleton<CompactionMetrics>();
        services.AddSingleton<LiveCleanerSettings>();
        services.AddSingleton<LogScrubber>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<LogCleaner>(provider, Random.Shared));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<BrokerStartup>(provider, (Func<Guid>)Guid.NewGuid));
        services.AddSingleton<BrokerRuntime>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<BrokerRuntime>());
        builder.AddPlacementDirector<BrokerPinnedPlacement, BrokerPinnedPlacementDirector>();
        return builder;
    }
}
