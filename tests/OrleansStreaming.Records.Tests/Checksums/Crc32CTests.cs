using System.Buffers;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Text;
using OrleansStreaming.Records.Checksums;

namespace OrleansStreaming.Records.Tests.Checksums;

public class Crc32CTests
{
    /// <summary>RFC 3720 appendix B.4, and the check value of the CRC catalogue.</summary>
    public static TheoryData<byte[], uint> KnownVectors => new()
    {
        { [], 0 },
        { Encoding.ASCII.GetBytes("123456789"), 0xE3069283 },
        { new byte[32], 0x8A9136AA },
        { Enumerable.Repeat((byte)0xFF, 32).ToArray(), 0x62A8AB43 },
        { Enumerable.Range(0, 32).Select(i => (byte)i).ToArray(), 0x46DD794E },
        { Enumerable.Range(0, 32).Select(i => (byte)(31 - i)).ToArray(), 0x113FDB5C },
    };

    [Theory]
    [MemberData(nameof(KnownVectors))]
    public void Known_vectors(byte[] bytes, uint expected)
    {
        Assert.Equal(expected, Crc32C.Compute(bytes));
        Assert.Equal(expected, ~SoftwareCrc32C.Append(~0u, bytes));
    }

    [Fact]
    public void Every_length_around_the_block_sizes_agrees_with_a_bitwise_reference()
    {
        byte[] bytes = SeededBytes(14_000, seed: 1);
        foreach (int length in Enumerable.Range(0, 40).Concat([255, 256, 767, 768, 769, 1535, 1536, 2000, 12_287, 12_288, 12_289, 13_056, 14_000]))
        {
            for (int start = 0; start < 3 && start + length <= bytes.Length; start++)
            {
                ReadOnlySpan<byte> run = bytes.AsSpan(start, length);
                uint expected = Bitwise(run);
                Assert.Equal(expected, Crc32C.Compute(run));
                Assert.Equal(expected, ~SoftwareCrc32C.Append(~0u, run));
                Assert.Equal(expected, ~InterleavedCrc32C<TableCrcStep>.Append(~0u, run));
                if (Sse42.X64.IsSupported)
                {
                    Assert.Equal(expected, ~InterleavedCrc32C<X64CrcStep>.Append(~0u, run));
                }

                if (Crc32.Arm64.IsSupported)
                {
                    Assert.Equal(expected, ~InterleavedCrc32C<Arm64CrcStep>.Append(~0u, run));
                }
            }
        }
    }

    [Fact]
    public void Appending_in_parts_equals_computing_the_whole()
    {
        byte[] bytes = SeededBytes(40_000, seed: 2);
        uint whole = Crc32C.Compute(bytes);
        foreach (int cut in (int[])[0, 1, 7, 8, 9, 700, 12_288, 39_999, 40_000])
        {
            Assert.Equal(whole, Crc32C.Append(Crc32C.Compute(bytes.AsSpan(0, cut)), bytes.AsSpan(cut)));
        }
    }

    [Fact]
    public void A_sequence_of_segments_equals_the_whole()
    {
        byte[] bytes = SeededBytes(5_000, seed: 3);
        uint whole = Crc32C.Compute(bytes);
        Assert.Equal(whole, Crc32C.Compute(new ReadOnlySequence<byte>(bytes)));
        foreach (int size in (int[])[1, 3, 64, 777, 4_999])
        {
            Assert.Equal(whole, Crc32C.Compute(Segments.Split(bytes, size)));
        }
    }

    private static byte[] SeededBytes(int count, int seed)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static uint Bitwise(ReadOnlySpan<byte> bytes)
    {
        uint state = ~0u;
        foreach (byte data in bytes)
        {
            state ^= data;
            for (int bit = 0; bit < 8; bit++)
            {
                state = (state & 1) != 0 ? (state >> 1) ^ 0x82F63B78 : state >> 1;
            }
        }

        return ~state;
    }

    /// <summary>The interleaved walk on a machine without either instruction: shows that the joining of blocks is right.</summary>
    private readonly struct TableCrcStep : ICrcStep
    {
        public static uint Step(uint state, byte data) => SoftwareCrc32C.Append(state, [data]);

        public static uint Step(uint state, ulong data) => SoftwareCrc32C.Append(state, BitConverter.GetBytes(data));
    }
}
