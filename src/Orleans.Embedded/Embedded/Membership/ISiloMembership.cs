using Orleans.Runtime;

namespace Orleans.Embedded.Membership;

/// <summary>The membership as the silo itself takes part in it. Any thread.</summary>
internal interface ISiloMembership : IClusterMembershipService
{
    /// <summary>Raised after each change, in order, one at a time: handlers are short and do not throw.</summary>
    event Action<ClusterMembershipSnapshot>? Changed;

    /// <summary>Raised once, when the cluster has declared this silo dead while it runs: it must not serve any more.</summary>
    event Action? DeclaredDead;

    /// <summary>The silo's own status, which others see when this completes.</summary>
    Task Become(SiloStatus status);

    /// <summary>Somebody seems to be gone: looks at once instead of at the next turn. Does not wait.</summary>
    void Suspect();
}
