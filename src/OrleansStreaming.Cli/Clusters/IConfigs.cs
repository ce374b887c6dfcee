using OrleansStreaming.Client.Admin;
using OrleansStreaming.Contracts.Cluster;

namespace OrleansStreaming.Cli.Clusters;

/// <summary>Configs of topics, groups and brokers.</summary>
internal interface IConfigs
{
    /// <summary>All configs as they apply, defaults too.</summary>
    Task<IReadOnlyList<ConfigInfo>> GetAsync(ConfigResource resource, CancellationToken cancellationToken);

    /// <summary>All changes or none.</summary>
    Task AlterAsync(ConfigResource resource, IReadOnlyList<ConfigChange> changes, CancellationToken cancellationToken);
}
