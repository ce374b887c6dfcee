using System.Buffers.Binary;

namespace OrleansStreaming.Records.Checksums;

/// <summary>CRC-32C by eight tables, eight bytes a round ("slicing by 8"), for processors without the instruction.</summary>
internal static class SoftwareCrc32C
{
    private const uint ReflectedPolynomial = 0x82F63B78;

    private static readonly uint[] Tables = BuildTables();

    internal static uint Append(uint state, ReadOnlySpan<byte> bytes)
    {
        uint[] tables = Tables;
        while (bytes.Length >= 8)
        {
            uint low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ state;
            uint high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            state = tables[0x700 + (low & 0xFF)]
                ^ tables[0x600 + ((low >> 8) & 0xFF)]
                ^ tables[0x500 + ((low >> 16) & 0xFF)]
                ^ tables[0x400 + (low >> 24)]
                ^ tables[0x300 + (high & 0xFF)]
                ^ tables[0x200 + ((high >> 8) & 0xFF)]
                ^ tables[0x100 + ((high >> 16) & 0xFF)]
                ^ tables[high >> 24];
            bytes = bytes[8..];
        }

        foreach (byte data in bytes)
        {
            state = tables[(state ^ data) & 0xFF] ^ (state >> 8);
        }

        return state;
    }

    private static uint[] BuildTables()
    {
        uint[] tables = new uint[8 * 256];
        for (uint value = 0; value < 256; value++)
        {
            uint state = value;
            for (int bit = 0; bit < 8; bit++)
            {
                state = (state & 1) != 0 ? (state >> 1) ^ ReflectedPolynomial : state >> 1;
            }

            tables[value] = state;
        }

        for (int i = 256; i < tables.Length; i++)
        {
            uint previous = tables[i - 256];
            tables[i] = tables[previous & 0xFF] ^ (previous >> 8);
        }

        return tables;
    }
}
