using Orleans.Runtime;

namespace Orleans.Embedded.GrainDirectory;

/// <summary>An activation somewhere in the cluster.</summary>
/// <param name="Number">Tells the activations of one grain on one silo apart.</param>
internal readonly record struct ActivationPlace(SiloAddress Silo, long Number);

/// <summary>
/// The entries of the grains that this silo keeps. It answers only for what it keeps in the view it has adopted, and that a grain is
/// active nowhere only when that is known. Any thread.
/// </summary>
internal sealed class DirectoryPartition(SiloAddress local)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<GrainId, ActivationPlace> _places = [];
    private DirectoryView _view = DirectoryView.None;
    private DirectoryRecovery? _recovery;

    /// <summary>Forgets what belongs elsewhere or points to nowhere. Views come in order.</summary>
    /// <returns>What the silos must be asked for; null for nothing.</returns>
    public DirectoryRecovery? Adopt(DirectoryView view)
    {
        lock (_lock)
        {
            var recovery = DirectoryRecovery.For(local, _view, view, _recovery);
            _recovery?.Supersede();
            (_view, _recovery) = (view, recovery);
            foreach (var (grainId, place) in _places)
            {
                if (view.IsGone(place.Silo) || !IsKept(grainId) || (recovery is not null && recovery.Covers(grainId)))
                {
                    _places.Remove(grainId);
                }
            }

            return recovery;
        }
    }

    /// <summary>Null when the answer is not known before the recovery has opened.</summary>
    public DirectoryAnswer? Answer(DirectoryRequest request, out DirectoryRecovery? recovery)
    {
        lock (_lock)
        {
            recovery = _recovery;
            if (request.Operation is DirectoryOperation.Find or DirectoryOperation.Register)
            {
                foreach (var (grainId, _) in request.Entries)
                {
                    if (!IsKept(grainId))
                    {
                        return new DirectoryAnswer(_view.Version, null);
                    }

                    if (recovery is { Opened.IsCompleted: false } && recovery.Covers(grainId) && !_places.ContainsKey(grainId))
                    {
                        return null;
                    }
                }
            }

            var silos = new SiloAddress?[request.Entries.Count];
            for (var i = 0; i < silos.Length; i++)
            {
                silos[i] = Do(request.Operation, request.Entries[i].GrainId, new(request.Asker, request.Entries[i].Activation));
            }

            return new DirectoryAnswer(_view.Version, silos);
        }
    }

    private bool IsKept(GrainId grainId) => _view.KeeperOf(grainId) is not { } keeper || keeper.Equals(local);

    private SiloAddress? Do(DirectoryOperation operation, GrainId grainId, ActivationPlace place)
    {
        var isKnown = _places.TryGetValue(grainId, out var known);
        switch (operation)
        {
            // The first silo wins; a later activation on the same silo takes the place of the former.
            case DirectoryOperation.Register or DirectoryOperation.RegisterAnew
                when !_view.IsGone(place.Silo) && (!isKnown || known.Silo.Equals(place.Silo)):
                _places[grainId] = known = place;
                break;

            // Another activation's entry is left alone.
            case DirectoryOperation.Unregister when known == place:
                _places.Remove(grainId);
                break;
        }

        return known.Silo;
    }
}
