namespace OrleansStreaming.Records.Checksums;

/// <summary>
/// Advances a CRC register over a fixed number of zero bytes with four look-ups. The register is a vector over GF(2) and
/// advancing it is linear, so the tables follow from what becomes of its 32 bits.
/// </summary>
internal sealed class ZeroShift
{
    internal static readonly ZeroShift Over256 = new(256);
    internal static readonly ZeroShift Over4096 = new(4096);

    private readonly uint[] _tables = new uint[4 * 256];

    /// <param name="byteCount">A power of two.</param>
    private ZeroShift(int byteCount)
    {
        uint[] columns = new uint[32];
        for (int bit = 0; bit < 32; bit++)
        {
            columns[bit] = SoftwareCrc32C.Append(1u << bit, [0]);
        }

        // Advancing twice by n bytes is advancing by 2n: square the matrix up to the length wanted.
        for (int length = 1; length < byteCount; length *= 2)
        {
            uint[] squared = new uint[32];
            for (int bit = 0; bit < 32; bit++)
            {
                squared[bit] = Multiply(columns, columns[bit]);
            }

            columns = squared;
        }

        for (int table = 0; table < 4; table++)
        {
            for (uint value = 0; value < 256; value++)
            {
                _tables[(table * 256) + (int)value] = Multiply(columns, value << (8 * table));
            }
        }
    }

    internal uint Apply(uint state)
    {
        uint[] tables = _tables;
        return tables[state & 0xFF]
            ^ tables[256 + ((state >> 8) & 0xFF)]
            ^ tables[512 + ((state >> 16) & 0xFF)]
            ^ tables[768 + (state >> 24)];
    }

    private static uint Multiply(uint[] columns, uint vector)
    {
        uint result = 0;
        for (int bit = 0; vector != 0; bit++, vector >>= 1)
        {
            if ((vector & 1) != 0)
            {
                result ^= columns[bit];
            }
        }

        return result;
    }
}
