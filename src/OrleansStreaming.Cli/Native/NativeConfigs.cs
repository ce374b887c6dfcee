using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Client;
using OrleansStreaming.Client.Admin;
using OrleansStreaming.Contracts.Cluster;

namespace OrleansStreaming.Cli.Native;

/// <summary>Configs over the SDK.</summary>
internal sealed class NativeConfigs(IStreamingAdmin admin) : IConfigs
{
    public async Task<IReadOnlyList<ConfigInfo>> GetAsync(ConfigResource resource, CancellationToken cancellationToken) =>
        [.. (await admin.DescribeConfigsAsync(resource, cancellationToken).ConfigureAwait(false)).OrderBy(config => config.Name, StringComparer.Ordinal)];

    public Task AlterAsync(ConfigResource resource, IReadOnlyList<ConfigChange> changes, CancellationToken cancellationToken) =>
        admin.AlterConfigsAsync(resource, changes, cancellationToken);
}
