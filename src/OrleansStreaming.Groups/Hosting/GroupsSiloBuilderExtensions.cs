using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Hosting;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Groups.Coordinators;
using OrleansStreaming.Groups.Diagnostics;

namespace OrleansStreaming.Groups.Hosting;

/// <summary>The group coordinators.</summary>
public static class GroupsSiloBuilderExtensions
{
    /// <summary>
    /// Needs what the cluster and replication rooms register: the cluster metadata, the placement by broker, the local replicas, the replica grains, and
    /// <see cref="BrokerOptions"/>, whose id must be the one in the silo's name.
    /// </summary>
    public static ISiloBuilder AddOrleansStreamingGroups(this ISiloBuilder builder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddOptions<BrokerOptions>();
        builder.Services.AddMetrics();
        builder.Services.AddSingleton<GroupMetrics>();
        builder.Services.AddSingleton<CoordinatorConfigs>();
        builder.Services.AddSingleton<WriteRounds>();
        builder.Services.AddHostedService<CoordinatorStarts>();
        return builder;
    }
}
