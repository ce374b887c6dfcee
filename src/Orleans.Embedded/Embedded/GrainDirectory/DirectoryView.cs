using System.Collections.Immutable;
using Orleans.Runtime;

namespace Orleans.Embedded.GrainDirectory;

/// <summary>One version of the membership as the directory sees it. Never changes.</summary>
internal sealed class DirectoryView
{
    private readonly DirectoryOwners _owners;

    public DirectoryView(ClusterMembershipSnapshot snapshot)
    {
        Snapshot = snapshot;
        Active = [.. Those(static status => status == SiloStatus.Active)];
        Alive = [.. Those(static status => status != SiloStatus.Dead)];
        _owners = new DirectoryOwners([.. Active]);
    }

    public static DirectoryView None { get; } = new(new([], MembershipVersion.MinValue));

    public ClusterMembershipSnapshot Snapshot { get; }

    public MembershipVersion Version => Snapshot.Version;

    /// <summary>Those that keep entries.</summary>
    public ImmutableArray<SiloAddress> Active { get; }

    /// <summary>Those that may have activations.</summary>
    public ImmutableArray<SiloAddress> Alive { get; }

    /// <summary>Null when no silo is active.</summary>
    public SiloAddress? KeeperOf(GrainId grainId) => _owners.Of(grainId);

    public bool IsGone(SiloAddress silo) => Snapshot.GetSiloStatus(silo) is SiloStatus.Dead or SiloStatus.None;

    /// <summary>
    /// Those that may have kept entries at some time since the earlier view, which need not be the one just before this, and do not
    /// any more.
    /// </summary>
    public IEnumerable<SiloAddress> LostSince(DirectoryView earlier) => earlier.Active
        .Where(silo => !Active.Contains(silo))
        .Concat(Those(static status => status > SiloStatus.Active)
            .Where(silo => earlier.Snapshot.GetSiloStatus(silo) < SiloStatus.Active));

    private IEnumerable<SiloAddress> Those(Func<SiloStatus, bool> are) =>
        Snapshot.Members.Values.Where(member => are(member.Status)).Select(member => member.SiloAddress);
}
