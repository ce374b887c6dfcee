namespace OrleansStreaming.Contracts.Cluster;

/// <summary>
/// What this broker believes about the cluster: a cache that tails the controller, never authoritative. One per silo, from
/// the container. Reading <see cref="Current"/> takes no lock.
/// </summary>
public interface IClusterMetadata
{
    /// <summary>The newest image; <see cref="ClusterImage.Empty"/> before the first update.</summary>
    ClusterImage Current { get; }

    /// <summary>Completes when <see cref="Current"/> is at least of this version.</summary>
    Task WaitForVersionAsync(long version, CancellationToken cancellationToken);
}
