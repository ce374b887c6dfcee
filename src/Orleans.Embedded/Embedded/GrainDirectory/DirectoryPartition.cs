using Orleans.Runtime;

namespace Orleans.Embedded.GrainDirectory;

/// <summary>An activation somewhere in the cluster.</summary>
/// <param name="Number">Tells the activations of one grain on one silo apart.</param>
internal readonly record struct ActivationPlace(SiloAddress Silo, long Number);

/// <summary>The entries of the grains that this silo keeps. Any thread.</summary>
internal sealed class DirectoryPartition
{
    private readonly Lock _lock = new();
    private readonly Dictionary<GrainId, ActivationPlace> _places = [];

    public SiloAddress? Find(GrainId grainId)
    {
        lock (_lock)
        {
            return _places.TryGetValue(grainId, out var place) ? place.Silo : null;
        }
    }

    /// <summary>The first silo wins; a later activation on the same silo takes the place of the former.</summary>
    public SiloAddress Register(GrainId grainId, ActivationPlace place)
    {
        lock (_lock)
        {
            if (_places.TryGetValue(grainId, out var known) && !known.Silo.Equals(place.Silo))
            {
                return known.Silo;
            }

            _places[grainId] = place;
            return place.Silo;
        }
    }

    /// <summary>Leaves another activation's entry alone.</summary>
    public void Unregister(GrainId grainId, ActivationPlace place)
    {
        lock (_lock)
        {
            if (_places.TryGetValue(grainId, out var known) && known == place)
            {
                _places.Remove(grainId);
            }
        }
    }

    /// <summary>Removes the entries that belong elsewhere or point to nowhere.</summary>
    public void RemoveAll(Func<GrainId, SiloAddress, bool> isStale)
    {
        lock (_lock)
        {
            foreach (var (grainId, place) in _places)
            {
                if (isStale(grainId, place.Silo))
                {
                    _places.Remove(grainId);
                }
            }
        }
    }
}
