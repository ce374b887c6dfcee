using Orleans.Embedded.Membership;
using Orleans.Runtime;

namespace Orleans.Embedded.GrainDirectory;

/// <summary>
/// The view that this silo's part of the directory has adopted: it follows the membership, but a little later. Any thread.
/// </summary>
internal sealed class DirectoryViews(SiloAddress local, ISiloMembership membership)
{
    private readonly SnapshotFeed _adopted = new(local, DirectoryView.None.Snapshot);
    private volatile DirectoryView _current = DirectoryView.None;

    public DirectoryView Current => _current;

    /// <summary>In order, one at a time.</summary>
    public void Publish(DirectoryView view)
    {
        _current = view;
        _adopted.TryPublish(view.Snapshot);
    }

    /// <summary>Completes when the current view is at least of this version.</summary>
    public async Task Reach(MembershipVersion version)
    {
        if (Current.Version < version)
        {
            await membership.Refresh(version).ConfigureAwait(false);
            await _adopted.Reach(version, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Looks at the membership anew.</summary>
    public async Task Refresh()
    {
        await membership.Refresh().ConfigureAwait(false);
        await Reach(membership.CurrentSnapshot.Version).ConfigureAwait(false);
    }
}
