using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Orleans.Runtime;

namespace Orleans.Embedded.GrainDirectory;

/// <summary>Where grains were last found. Any thread.</summary>
internal sealed class LocationCache
{
    /// <summary>Beyond this it starts anew: a few dozen bytes each, so some megabytes.</summary>
    private const int MostKept = 100_000;

    private readonly ConcurrentDictionary<GrainId, SiloAddress> _silos = new();
    private int _count;

    public bool TryGet(GrainId grainId, [NotNullWhen(true)] out SiloAddress? silo) => _silos.TryGetValue(grainId, out silo);

    public void Learn(GrainId grainId, SiloAddress silo)
    {
        if (_silos.TryGetValue(grainId, out var known) && ReferenceEquals(known, silo))
        {
            return;
        }

        if (known is null && Interlocked.Increment(ref _count) > MostKept)
        {
            _silos.Clear();
            _count = 0;
        }

        _silos[grainId] = silo;
    }

    public void Forget(GrainId grainId, SiloAddress silo) => _silos.TryRemove(new(grainId, silo));

    public void ForgetAll(Func<SiloAddress, bool> isGone)
    {
        foreach (var entry in _silos)
        {
            if (isGone(entry.Value))
            {
                _silos.TryRemove(entry);
            }
        }
    }
}
