using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Orleans.Runtime;

namespace Orleans.Embedded.Activations;

/// <summary>The activations of this silo by grain: the local part of the grain directory. Any thread.</summary>
internal sealed class ActivationTable
{
    private readonly ConcurrentDictionary<GrainId, Activation> _activations = new();

    public ICollection<Activation> All => _activations.Values;

    public bool TryGet(GrainId grainId, [NotNullWhen(true)] out Activation? activation) => _activations.TryGetValue(grainId, out activation);

    /// <summary>The grain's activation, which is the given one if there was none.</summary>
    public Activation GetOrAdd(Activation activation) => _activations.GetOrAdd(activation.GrainId, activation);

    /// <summary>Leaves a later activation of the same grain alone.</summary>
    public void Remove(Activation activation) => _activations.TryRemove(KeyValuePair.Create(activation.GrainId, activation));
}
