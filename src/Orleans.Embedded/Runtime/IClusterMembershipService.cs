namespace Orleans.Runtime;

/// <summary>Who is in the cluster. Any thread.</summary>
public interface IClusterMembershipService
{
    ClusterMembershipSnapshot CurrentSnapshot { get; }

    /// <summary>The current picture and then each change; a slow reader sees the latest and may miss some in between.</summary>
    IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates { get; }

    /// <summary>Completes when the picture is at least of this version; by default, when it was read anew.</summary>
    ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default);

    /// <summary>Declares a silo dead. True when it is.</summary>
    Task<bool> TryKill(SiloAddress siloAddress);
}
