using System.Runtime.CompilerServices;
using Orleans.Runtime;

namespace Orleans.Embedded.Membership;

/// <summary>Snapshots for any number of readers, each at its own pace; a slow one skips to the latest. Any thread.</summary>
internal sealed class SnapshotFeed(SiloAddress local, ClusterMembershipSnapshot first)
{
    private readonly Lock _lock = new();
    private volatile Change _last = new(first);

    public ClusterMembershipSnapshot Current => _last.Snapshot;

    /// <summary>False when the snapshot is not newer than the current one, which then stays.</summary>
    public bool TryPublish(ClusterMembershipSnapshot snapshot)
    {
        Change previous;
        lock (_lock)
        {
            previous = _last;
            if (snapshot.Version <= previous.Snapshot.Version)
            {
                return false;
            }

            _last = new Change(snapshot);
        }

        previous.Next.SetResult();
        return true;
    }

    /// <summary>The current snapshot and each later one, up to the one in which the local silo is dead.</summary>
    public async IAsyncEnumerable<ClusterMembershipSnapshot> Read([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var change = _last;
        yield return change.Snapshot;
        while (change.Snapshot.GetSiloStatus(local) != SiloStatus.Dead)
        {
            await change.Next.Task.WaitAsync(cancellationToken);
            change = _last;
            yield return change.Snapshot;
        }
    }

    /// <summary>Completes when the current snapshot is at least of this version.</summary>
    public async Task Reach(MembershipVersion version, CancellationToken cancellationToken)
    {
        for (var change = _last; change.Snapshot.Version < version; change = _last)
        {
            await change.Next.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private sealed class Change(ClusterMembershipSnapshot snapshot)
    {
        public ClusterMembershipSnapshot Snapshot { get; } = snapshot;

        public TaskCompletionSource Next { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
