using System.Runtime.InteropServices;

namespace OrleansStreaming.Storage.Compaction;

/// <summary>
/// The last offset of each key, by the hash of the key, in bounded memory: open addressing in one array that grows up to the
/// limit. For one thread.
/// </summary>
internal sealed class KeyOffsetMap
{
    private const int FirstSlots = 1024;

    private readonly KeyHash _hash;
    private readonly int _maxSlots;
    private readonly double _loadFactor;
    private Slot[] _slots = [];

    /// <param name="maxBytes">Memory at most; less than one slot is a map that is always full.</param>
    /// <param name="loadFactor">How full the slots may become.</param>
    /// <param name="random">Gives the hash its secret.</param>
    public KeyOffsetMap(long maxBytes, double loadFactor, Random random)
    {
        _maxSlots = (int)Math.Min(maxBytes / Marshal.SizeOf<Slot>(), Array.MaxLength);
        _loadFactor = loadFactor;
        Span<ulong> secret = stackalloc ulong[2];
        random.NextBytes(MemoryMarshal.AsBytes(secret));
        _hash = new KeyHash(secret[0], secret[1]);
    }

    public int Count { get; private set; }

    /// <summary>Every record up to here is in the map; -1 for none.</summary>
    public long LatestOffset { get; set; } = -1;

    /// <summary>The last offset put for the key; -1 when there is none.</summary>
    public long Get(ReadOnlySpan<byte> key)
    {
        if (Count == 0)
        {
            return -1;
        }

        ref var slot = ref Find(_slots, _hash.Compute(key));
        return slot.OffsetPlusOne - 1;
    }

    /// <summary>Notes the offset as the key's last one; false when there is no room for another key.</summary>
    public bool TryPut(ReadOnlySpan<byte> key, long offset)
    {
        if (Count >= Capacity(_slots.Length) && !TryGrow())
        {
            return false;
        }

        var hash = _hash.Compute(key);
        ref var slot = ref Find(_slots, hash);
        Count += slot.OffsetPlusOne == 0 ? 1 : 0;
        slot = new Slot(hash, offset + 1);
        return true;
    }

    // Always a free slot, or a search for a key that is not there would never end.
    private int Capacity(int slots) => Math.Max(0, Math.Min((int)(slots * _loadFactor), slots - 1));

    private bool TryGrow()
    {
        var size = (int)Math.Min(Math.Max(FirstSlots, 2L * _slots.Length), _maxSlots);
        if (Capacity(size) <= Count)
        {
            return false;
        }

        var larger = new Slot[size];
        foreach (var slot in _slots)
        {
            if (slot.OffsetPlusOne != 0)
            {
                Find(larger, slot.Hash) = slot;
            }
        }

        _slots = larger;
        return true;
    }

    private static ref Slot Find(Slot[] slots, UInt128 hash)
    {
        var index = (int)Math.BigMul((ulong)hash, (ulong)slots.Length, out _);
        while (slots[index].OffsetPlusOne != 0 && slots[index].Hash != hash)
        {
            index = index + 1 == slots.Length ? 0 : index + 1;
        }

        return ref slots[index];
    }

    [StructLayout(LayoutKind.Sequential, Pack = 8)]
    private readonly struct Slot(UInt128 hash, long offsetPlusOne)
    {
        private readonly ulong _upper = (ulong)(hash >> 64);
        private readonly ulong _lower = (ulong)hash;

        /// <summary>Zero for a slot that is free, as memory comes.</summary>
        public readonly long OffsetPlusOne = offsetPlusOne;

        public UInt128 Hash => new(_upper, _lower);
    }
}
