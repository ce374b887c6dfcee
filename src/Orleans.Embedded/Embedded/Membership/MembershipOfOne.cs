using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Orleans.Runtime;

namespace Orleans.Embedded.Membership;

/// <summary>The membership of a cluster that is this silo alone. Any thread.</summary>
internal sealed class MembershipOfOne : IClusterMembershipService
{
    private readonly ILocalSiloDetails _local;
    private readonly Lock _lock = new();
    private volatile Change _last;

    public MembershipOfOne(ILocalSiloDetails local)
    {
        _local = local;
        _last = new Change(SnapshotOf(SiloStatus.Created, version: 0));
    }

    public ClusterMembershipSnapshot CurrentSnapshot => _last.Snapshot;

    public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => ReadUpdates();

    /// <summary>The own status; the updates end with <see cref="SiloStatus.Dead"/>.</summary>
    public void Become(SiloStatus status)
    {
        Change previous;
        lock (_lock)
        {
            previous = _last;
            _last = new Change(SnapshotOf(status, previous.Snapshot.Version.Value + 1));
        }

        previous.Next.SetResult(_last);
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

    private async IAsyncEnumerable<ClusterMembershipSnapshot> ReadUpdates([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var change = _last;
        yield return change.Snapshot;
        while (change.Snapshot.GetSiloStatus(_local.SiloAddress) != SiloStatus.Dead)
        {
            change = await change.Next.Task.WaitAsync(cancellationToken);
            yield return change.Snapshot;
        }
    }

    private sealed class Change(ClusterMembershipSnapshot snapshot)
    {
        public ClusterMembershipSnapshot Snapshot { get; } = snapshot;

        public TaskCompletionSource<Change> Next { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
