using System.Collections.Immutable;
using Orleans.Runtime;

namespace Orleans.Embedded.Membership;

/// <summary>The membership of a cluster that is this silo alone. Any thread.</summary>
internal sealed class MembershipOfOne : ISiloMembership
{
    private readonly ILocalSiloDetails _local;
    private readonly Lock _lock = new();
    private readonly SnapshotFeed _feed;

    public MembershipOfOne(ILocalSiloDetails local)
    {
        _local = local;
        _feed = new SnapshotFeed(local.SiloAddress, SnapshotOf(SiloStatus.Created, version: 0));
    }

    public event Action<ClusterMembershipSnapshot>? Changed;

    /// <summary>Never: nobody else is there to do it.</summary>
    public event Action? DeclaredDead
    {
        add { }
        remove { }
    }

    public ClusterMembershipSnapshot CurrentSnapshot => _feed.Current;

    public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => _feed.Read();

    /// <summary>The updates end with <see cref="SiloStatus.Dead"/>.</summary>
    public Task Become(SiloStatus status)
    {
        lock (_lock)
        {
            _feed.TryPublish(SnapshotOf(status, _feed.Current.Version.Value + 1));
            Changed?.Invoke(_feed.Current);
        }

        return Task.CompletedTask;
    }

    public void Suspect()
    {
    }

    public ValueTask Refresh(MembershipVersion minimumVersion, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>The only silo there is does not end itself that way.</summary>
    public Task<bool> TryKill(SiloAddress siloAddress) =>
        Task.FromResult(CurrentSnapshot.GetSiloStatus(siloAddress) == SiloStatus.Dead);

    private ClusterMembershipSnapshot SnapshotOf(SiloStatus status, long version)
    {
        var member = new ClusterMember(_local.SiloAddress, status, _local.Name);
        return new(ImmutableDictionary<SiloAddress, ClusterMember>.Empty.Add(_local.SiloAddress, member), new MembershipVersion(version));
    }
}
