using OrleansStreaming.Contracts.Cluster;

namespace OrleansStreaming.Kafka.Admin;

/// <summary>Waits until a command's effect is in this broker's own metadata, so that a client that asks here next sees it.</summary>
internal sealed class MetadataProgress(IClusterMetadata metadata, TimeProvider time)
{
    /// <summary>True once metadata of this version is here; false when that takes longer than <paramref name="timeout"/>.</summary>
    public async Task<bool> ReachesAsync(long version, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var visible = metadata.WaitForVersionAsync(version, limit.Token);
        try
        {
            await visible.WaitAsync(timeout, time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            await limit.CancelAsync().ConfigureAwait(false);
            return false;
        }
    }
}
