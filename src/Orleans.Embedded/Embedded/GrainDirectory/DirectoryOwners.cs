using Orleans.Runtime;

namespace Orleans.Embedded.GrainDirectory;

/// <summary>
/// Which silo keeps a grain's entry: the one with the highest hash of both (rendezvous hashing), so that when a silo comes or goes
/// only its own share moves. Never changes.
/// </summary>
internal sealed class DirectoryOwners(SiloAddress[] active)
{
    private readonly (SiloAddress Silo, uint Hash)[] _silos = [.. active.Select(silo => (silo, (uint)silo.GetConsistentHashCode()))];

    public static DirectoryOwners None { get; } = new([]);

    /// <summary>Null when no silo is active.</summary>
    public SiloAddress? Of(GrainId grainId)
    {
        var grain = grainId.GetUniformHashCode();
        SiloAddress? owner = null;
        ulong highest = 0;
        foreach (var (silo, hash) in _silos)
        {
            var score = Mix(((ulong)grain << 32) | hash);
            if (owner is null || score > highest)
            {
                (owner, highest) = (silo, score);
            }
        }

        return owner;
    }

    /// <summary>The finalizer of SplitMix64: every bit of the input moves every bit of the output.</summary>
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}
