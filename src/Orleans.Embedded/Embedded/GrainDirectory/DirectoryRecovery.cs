using System.Collections.Immutable;
using Orleans.Runtime;

namespace Orleans.Embedded.GrainDirectory;

/// <summary>
/// Entries have come to this silo: until all silos have said what they have, it does not know that a grain is active nowhere.
/// Any thread.
/// </summary>
internal sealed class DirectoryRecovery
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SiloAddress _keeper;
    private readonly ImmutableArray<SiloAddress> _lost;

    /// <summary>Null when all entries of the keeper are new to it.</summary>
    private readonly DirectoryOwners? _former;
    private volatile bool _isComplete;
    private volatile bool _isSuperseded;

    private DirectoryRecovery(SiloAddress keeper, DirectoryView view, ImmutableArray<SiloAddress> lost, bool isOfAll)
    {
        _keeper = keeper;
        _lost = lost;
        _former = isOfAll ? null : new DirectoryOwners([.. view.Active, .. lost]);
        View = view;
    }

    public DirectoryView View { get; }

    /// <summary>Completes when the grains need not wait any longer, or another recovery has taken this one's place.</summary>
    public Task Opened => _opened.Task;

    /// <summary>Another view has been adopted.</summary>
    public bool IsSuperseded => _isSuperseded;

    /// <summary>What the keeper has to recover with a new view; null for nothing.</summary>
    /// <param name="unfinished">Of the former view: what it has not completed is done again.</param>
    public static DirectoryRecovery? For(SiloAddress keeper, DirectoryView former, DirectoryView view, DirectoryRecovery? unfinished)
    {
        if (!view.Active.Contains(keeper))
        {
            return null;
        }

        var isOpen = unfinished is { _isComplete: false };
        var lost = view.LostSince(former).Concat(isOpen ? unfinished!._lost : []).Distinct().ToImmutableArray();
        var isOfAll = !former.Active.Contains(keeper) || (isOpen && unfinished!._former is null);
        return isOfAll || lost.Length > 0 ? new DirectoryRecovery(keeper, view, lost, isOfAll) : null;
    }

    /// <summary>True when another silo may have kept the entry before.</summary>
    public bool Covers(GrainId grainId) => _former is null || !_keeper.Equals(_former.Of(grainId));

    /// <summary>All have answered.</summary>
    public void Complete()
    {
        _isComplete = true;
        Open();
    }

    /// <summary>Nobody shall wait any longer, whether all have answered or not.</summary>
    public void Open() => _opened.TrySetResult();

    public void Supersede()
    {
        _isSuperseded = true;
        Open();
    }
}
