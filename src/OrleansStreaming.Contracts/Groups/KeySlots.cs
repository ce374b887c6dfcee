using System.Buffers.Binary;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Groups;

/// <summary>
/// The key slots of a partition: what a key-based group hands out instead of partitions, so that more consumers than partitions
/// find work while each key has one consumer at a time. A record belongs to a slot by its key's hash; one without a key by its
/// offset, since nothing orders it. In assignments a slot is written as <c>partition * PerPartition + slot</c>.
/// </summary>
public static class KeySlots
{
    /// <summary>Also the most consumers that one partition can occupy. Fixed: it is part of what groups have written down.</summary>
    public const int PerPartition = 256;

    private const uint Seed = 0x9747b28c;
    private const uint Multiplier = 0x5bd1e995;

    /// <summary>The slot of a record, 0 to <see cref="PerPartition"/> - 1.</summary>
    public static int Of(ReadOnlySpan<byte> key, bool hasKey, Offset offset) =>
        (int)(hasKey ? Spread(Murmur2(key)) : offset.Value % PerPartition);

    public static int Unit(int partition, int slot) => (partition * PerPartition) + slot;

    public static (int Partition, int Slot) FromUnit(int unit) => Math.DivRem(unit, PerPartition);

    /// <summary>Murmur2, as the default partitioner of Java's producer hashes keys.</summary>
    public static uint Murmur2(ReadOnlySpan<byte> data)
    {
        unchecked
        {
            var hash = Seed ^ (uint)data.Length;
            for (; data.Length >= 4; data = data[4..])
            {
                var word = BinaryPrimitives.ReadUInt32LittleEndian(data) * Multiplier;
                hash = (hash * Multiplier) ^ ((word ^ (word >> 24)) * Multiplier);
            }

            if (data.Length > 0)
            {
                for (var i = data.Length - 1; i >= 0; i--)
                {
                    hash ^= (uint)data[i] << (8 * i);
                }

                hash *= Multiplier;
            }

            hash = (hash ^ (hash >> 13)) * Multiplier;
            return hash ^ (hash >> 15);
        }
    }

    /// <summary>
    /// The same hash has chosen the partition, by its remainder: within a partition its low bits are no longer even. Multiplying by
    /// the golden ratio brings all bits to the top.
    /// </summary>
    private static uint Spread(uint hash) => unchecked(hash * 0x9E3779B1u) >> 24;
}
