using System.Buffers.Binary;

namespace OrleansStreaming.Client.Producing;

/// <summary>
/// Austin Appleby's MurmurHash2, 32 bits, with the seed and the sign handling of the Java client, so that a key goes to the same
/// partition whoever produces it.
/// </summary>
internal static class Murmur2
{
    private const uint Seed = 0x9747b28c;
    private const uint Mix = 0x5bd1e995;
    private const int Shift = 24;

    public static int Partition(ReadOnlySpan<byte> key, int partitionCount) => (Hash(key) & int.MaxValue) % partitionCount;

    public static int Hash(ReadOnlySpan<byte> data)
    {
        unchecked
        {
            var hash = Seed ^ (uint)data.Length;
            while (data.Length >= sizeof(uint))
            {
                var word = BinaryPrimitives.ReadUInt32LittleEndian(data) * Mix;
                word ^= word >> Shift;
                hash = (hash * Mix) ^ (word * Mix);
                data = data[sizeof(uint)..];
            }

            for (var i = data.Length - 1; i >= 0; i--)
            {
                hash ^= (uint)data[i] << (8 * i);
                if (i == 0)
                {
                    hash *= Mix;
                }
            }

            hash ^= hash >> 13;
            hash *= Mix;
            return (int)(hash ^ (hash >> 15));
        }
    }
}
