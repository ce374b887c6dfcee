using System.Buffers;
using OrleansStreaming.Records.Compression;

namespace OrleansStreaming.Records.Tests.Compression;

public class RoundTripTests
{
    public static TheoryData<CompressionType> Codecs => [.. Payloads.Codecs];

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Text_and_noise_of_every_size_come_back(CompressionType type)
    {
        foreach (int size in (int[])[1, 2, 100, 32_767, 32_768, 32_769, 65_536, 65_537, 300_000])
        {
            foreach (byte[] payload in (byte[][])[Payloads.Text(size), Payloads.Noise(size, seed: size), new byte[size]])
            {
                (byte[] bytes, DecompressionFault fault) = Payloads.Decompress(type, new ReadOnlySequence<byte>(Payloads.Compress(type, payload)));
                Assert.Equal(DecompressionFault.None, fault);
                Assert.True(payload.AsSpan().SequenceEqual(bytes));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Input_may_lie_in_segments_of_any_size(CompressionType type)
    {
        byte[] payload = Payloads.Text(100_000);
        byte[] compressed = Payloads.Compress(type, payload);
        foreach (int size in (int[])[1, 2, 3, 17, 1_000])
        {
            (byte[] bytes, DecompressionFault fault) = Payloads.Decompress(type, Segments.Split(compressed, size));
            Assert.Equal(DecompressionFault.None, fault);
            Assert.True(payload.AsSpan().SequenceEqual(bytes));
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Text_shrinks(CompressionType type) =>
        Assert.InRange(Payloads.Compress(type, Payloads.Text(100_000)).Length, 100, 50_000);

    [Theory]
    [InlineData(CompressionType.Gzip, 1)]
    [InlineData(CompressionType.Gzip, 9)]
    [InlineData(CompressionType.Lz4, 9)]
    [InlineData(CompressionType.Zstd, -3)]
    [InlineData(CompressionType.Zstd, 19)]
    public void Levels_are_understood(CompressionType type, int level)
    {
        byte[] payload = Payloads.Text(50_000);
        byte[] compressed = Payloads.Compress(type, payload, level);
        Assert.NotEqual(Payloads.Compress(type, payload), compressed);
        Assert.Equal(payload, Payloads.Decompress(type, new ReadOnlySequence<byte>(compressed)).Bytes);
    }

    [Theory]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    [InlineData(CompressionType.Snappy)]
    public void Streams_in_a_row_are_one_payload(CompressionType type)
    {
        byte[] first = Payloads.Text(70_000);
        byte[] second = Payloads.Text(5);
        byte[] joined = [.. Payloads.Compress(type, first), .. Payloads.Compress(type, second)];
        (byte[] bytes, DecompressionFault fault) = Payloads.Decompress(type, Segments.Split(joined, 100));
        Assert.Equal(DecompressionFault.None, fault);
        Assert.Equal([.. first, .. second], bytes);
    }

    [Fact]
    public void Threads_do_not_disturb_one_another()
    {
        byte[][] payloads = [.. Enumerable.Range(0, 64).Select(i => Payloads.Noise(20_000 + i, seed: i))];
        Parallel.For(0, payloads.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            CompressionType type = Payloads.Codecs[i % Payloads.Codecs.Length];
            byte[] compressed = Payloads.Compress(type, payloads[i]);
            Assert.True(payloads[i].AsSpan().SequenceEqual(Payloads.Decompress(type, Segments.Split(compressed, 999)).Bytes));
        });
    }

    [Fact]
    public void Disposing_twice_does_not_hand_one_decompressor_to_two_users()
    {
        ReadOnlySequence<byte> input = new(Payloads.Compress(CompressionType.Zstd, Payloads.Text(10)));
        Decompressor used = Decompressor.Rent(CompressionType.Zstd, input, 100);
        used.Dispose();
        used.Dispose();
        using Decompressor one = Decompressor.Rent(CompressionType.Zstd, input, 100);
        using Decompressor other = Decompressor.Rent(CompressionType.Zstd, input, 100);
        Assert.NotSame(one, other);
    }
}
