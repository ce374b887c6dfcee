using System.Diagnostics.CodeAnalysis;
using Orleans.Runtime;

namespace Orleans.Embedded.GrainDirectory;

/// <summary>Knows on which silo a grain is active. It may be wrong for a moment; who is asked in error sends the call on. Any thread.</summary>
internal interface IGrainLocator
{
    /// <summary>What was found or learnt before.</summary>
    bool TryFindKnown(GrainId grainId, [NotNullWhen(true)] out SiloAddress? silo);

    /// <summary>Null when the grain is active nowhere.</summary>
    /// <exception cref="SiloUnavailableException">Who knows cannot be reached.</exception>
    ValueTask<SiloAddress?> Find(GrainId grainId);

    /// <summary>A silo has just run a call of the grain.</summary>
    void Learn(GrainId grainId, SiloAddress silo);

    /// <summary>The silo could not be reached: it must be asked for anew.</summary>
    void Forget(GrainId grainId, SiloAddress silo);

    /// <summary>An activation on this silo is about to begin.</summary>
    /// <param name="activation">Tells this silo's activations of the same grain apart.</param>
    /// <returns>The silo whose activation it is to be: this one, or the one that was first.</returns>
    /// <exception cref="SiloUnavailableException">Who knows cannot be reached.</exception>
    ValueTask<SiloAddress> Register(GrainId grainId, long activation);

    /// <summary>An activation on this silo is over.</summary>
    void Unregister(GrainId grainId, long activation);
}
