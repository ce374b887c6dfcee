using Orleans.Embedded.Membership;
using Orleans.Runtime;

namespace Orleans.Embedded.GrainDirectory;

/// <summary>
/// The view that this silo's part of the directory has adopted: it follows the membership, but a little later. Any thread.
/// </summary>
internal sealed class DirectoryViews(ISiloMembership membership)
{
    private volatile Change _last = new(DirectoryView.None);

    public DirectoryView Current => _last.View;

    /// <summary>In order, one at a time.</summary>
    public void Publish(DirectoryView view)
    {
        var previous = _last;
        _last = new Change(view);
        previous.Next.SetResult();
    }

    /// <summary>Completes when the current view is at least of this version.</summary>
    public async Task Reach(MembershipVersion version)
    {
        if (Current.Version < version)
        {
            await membership.Refresh(version).ConfigureAwait(false);
        }

        for (var change = _last; change.View.Version < version; change = _last)
        {
            await change.Next.Task.ConfigureAwait(false);
        }
    }

    /// <summary>Looks at the membership anew.</summary>
    public async Task Refresh()
    {
        await membership.Refresh().ConfigureAwait(false);
        await Reach(membership.CurrentSnapshot.Version).ConfigureAwait(false);
    }

    private sealed class Change(DirectoryView view)
    {
        public DirectoryView View { get; } = view;

        public TaskCompletionSource Next { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
