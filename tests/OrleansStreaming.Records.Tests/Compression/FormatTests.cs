using System.Buffers;
using System.Text;
using OrleansStreaming.Records.Compression;
using OrleansStreaming.Records.Compression.Native;

namespace OrleansStreaming.Records.Tests.Compression;

/// <summary>The shapes other clients write and read, byte by byte.</summary>
public class FormatTests
{
    private static byte[] Hello => Encoding.ASCII.GetBytes("hello hello hello hello");

    /// <summary>23 bytes: a literal of 6 ("hello "), then a copy of 17 from 6 back.</summary>
    private const string SnappyBlock = "17" + "14" + "68656C6C6F20" + "4206" + "00";

    [Fact]
    public void Snappy_is_written_in_the_java_librarys_framing()
    {
        byte[] compressed = Payloads.Compress(CompressionType.Snappy, Hello);
        Assert.Equal("82534E4150505900" + "00000001" + "00000001", Convert.ToHexString(compressed, 0, 16));
        Assert.Equal(compressed.Length - 20, compressed[19]);
        Assert.Equal([0, 0, 0], compressed[16..19]);
    }

    [Fact]
    public void A_bare_snappy_block_is_read() =>
        Assert.Equal(Hello, Read(CompressionType.Snappy, SnappyBlock));

    [Fact]
    public void Framed_snappy_blocks_are_read() =>
        Assert.Equal(
            [.. Hello, .. Hello],
            Read(CompressionType.Snappy, "82534E4150505900" + "00000001" + "00000001" + "0000000B" + SnappyBlock + "0000000B" + SnappyBlock));

    [Fact]
    public void A_snappy_header_alone_is_an_empty_payload() =>
        Assert.Empty(Read(CompressionType.Snappy, "82534E4150505900" + "00000001" + "00000001"));

    [Fact]
    public void Lz4_blocks_are_independent_so_that_java_reads_them()
    {
        byte[] frame = Payloads.Compress(CompressionType.Lz4, Payloads.Text(200_000));
        Assert.Equal("04224D18", Convert.ToHexString(frame, 0, 4));
        Assert.Equal(0x60, frame[4]); // version 1, independent blocks, no checksums, no content size
        Assert.Equal(0x40, frame[5]); // blocks of 64 KiB
    }

    [Fact]
    public unsafe void An_lz4_frame_with_linked_blocks_is_refused_because_java_cannot_read_it()
    {
        byte[] payload = Payloads.Text(200_000);
        byte[] frame = new byte[300_000];
        Lz4Preferences linked = new() { BlockSizeId = 4 };
        nuint length;
        fixed (byte* from = payload)
        fixed (byte* to = frame)
        {
            length = Lz4Api.Functions.CompressFrame(to, (nuint)frame.Length, from, (nuint)payload.Length, &linked);
        }

        Assert.Equal(0x40, frame[4]);
        Assert.Equal(
            DecompressionFault.Malformed,
            Payloads.Decompress(CompressionType.Lz4, new ReadOnlySequence<byte>(frame, 0, (int)length)).Fault);
    }

    [Fact]
    public void Zstd_and_gzip_begin_with_their_magic_numbers()
    {
        Assert.Equal("28B52FFD", Convert.ToHexString(Payloads.Compress(CompressionType.Zstd, Hello), 0, 4));
        Assert.Equal("1F8B08", Convert.ToHexString(Payloads.Compress(CompressionType.Gzip, Hello), 0, 3));
    }

    private static byte[] Read(CompressionType type, string hex)
    {
        (byte[] bytes, DecompressionFault fault) = Payloads.Decompress(type, new ReadOnlySequence<byte>(Convert.FromHexString(hex)));
        Assert.Equal(DecompressionFault.None, fault);
        return bytes;
    }
}
