using System.Runtime.InteropServices;

namespace Orleans;

/// <summary>A hash that is the same in every process and for ever: FNV-1a with a final mix.</summary>
public static class StableHash
{
    public static uint ComputeHash(ReadOnlySpan<byte> data)
    {
        var hash = 2166136261u;
        foreach (var b in data)
        {
            hash = (hash ^ b) * 16777619u;
        }

        // FNV leaves the high bits of short inputs poorly mixed; Murmur3's finalizer spreads them over a ring.
        hash ^= hash >> 16;
        hash *= 0x85ebca6b;
        hash ^= hash >> 13;
        hash *= 0xc2b2ae35;
        return hash ^ (hash >> 16);
    }

    public static uint ComputeHash(string data) => ComputeHash(MemoryMarshal.AsBytes(data.AsSpan()));
}
