using System.Buffers;
using OrleansStreaming.Allocations;
using OrleansStreaming.Records.Compression;
using OrleansStreaming.Records.Compression.Native;

namespace OrleansStreaming.Records.Tests.Compression;

public class HostileInputTests
{
    public static TheoryData<CompressionType> Codecs => [.. Payloads.Codecs];

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Nothing_is_malformed_or_empty_but_never_data(CompressionType type)
    {
        (byte[] bytes, DecompressionFault fault) = Payloads.Decompress(type, ReadOnlySequence<byte>.Empty);
        Assert.Empty(bytes);
        Assert.Equal(DecompressionFault.Malformed, fault);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_payload_cut_anywhere_is_malformed(CompressionType type)
    {
        byte[] payload = Payloads.Text(1_500);
        byte[] compressed = Payloads.Compress(type, payload);
        for (int cut = 1; cut < compressed.Length; cut++)
        {
            (byte[] bytes, DecompressionFault fault) = Payloads.Decompress(type, new ReadOnlySequence<byte>(compressed, 0, cut));

            // Bare after its header, the Java framing is a whole, empty stream.
            bool emptyStream = type == CompressionType.Snappy && cut == 16;
            Assert.True(fault == (emptyStream ? DecompressionFault.None : DecompressionFault.Malformed), $"{type} cut at {cut} of {compressed.Length}: {fault}");
            Assert.True(payload.AsSpan().StartsWith(bytes));
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_bomb_stops_at_the_limit_and_takes_no_memory(CompressionType type)
    {
        byte[] bomb = Payloads.Compress(type, new byte[16 * 1024 * 1024]);
        long produced = 0;
        long allocated = Allocated.Least(Unfold, enough: 300_000);
        Assert.InRange(produced, 0, 1_000_000);
        Assert.InRange(allocated, 0, 300_000);

        void Unfold()
        {
            produced = 0;
            using Decompressor decompressor = Decompressor.Rent(type, new ReadOnlySequence<byte>(bomb), 1_000_000);
            while (decompressor.TryNext(out ReadOnlySpan<byte> chunk))
            {
                produced += chunk.Length;
            }

            Assert.Equal(DecompressionFault.TooLarge, decompressor.Fault);
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void The_limit_itself_is_allowed(CompressionType type)
    {
        byte[] payload = Payloads.Text(100_000);
        ReadOnlySequence<byte> compressed = new(Payloads.Compress(type, payload));
        Assert.Equal(DecompressionFault.None, Payloads.Decompress(type, compressed, 100_000).Fault);
        Assert.Equal(DecompressionFault.TooLarge, Payloads.Decompress(type, compressed, 99_999).Fault);
    }

    [Fact]
    public void A_snappy_block_that_claims_more_than_it_can_hold_gets_no_memory()
    {
        // The preamble says 2^31-1 bytes, five bytes of input cannot unfold to that.
        byte[] claim = [0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x00, 0x41];
        DecompressionFault fault = DecompressionFault.None;
        long allocated = Allocated.Least(() => fault = Payloads.Decompress(CompressionType.Snappy, new ReadOnlySequence<byte>(claim)).Fault, enough: 100_000);
        Assert.Equal(DecompressionFault.Malformed, fault);
        Assert.InRange(allocated, 0, 100_000);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Mutated_and_random_input_is_answered_and_never_thrown(CompressionType type)
    {
        const int Seed = 4711;
        Random random = new(Seed);
        byte[] original = Payloads.Compress(type, Payloads.Text(3_000));
        for (int round = 0; round < 3_000; round++)
        {
            byte[] mutated = round % 10 == 0 ? Payloads.Noise(random.Next(1, 400), random.Next()) : [.. original];
            for (int flips = random.Next(1, 6); flips > 0; flips--)
            {
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            }

            ReadOnlySequence<byte> input = round % 3 == 0 ? Segments.Split(mutated, random.Next(1, 100)) : new(mutated);
            using Decompressor decompressor = Decompressor.Rent(type, input, 1_000_000);
            long produced = 0;
            while (decompressor.TryNext(out ReadOnlySpan<byte> chunk))
            {
                produced += chunk.Length;
            }

            Assert.True(produced <= 1_000_000, $"seed {Seed}, round {round}: {produced} bytes");
            Assert.False(decompressor.TryNext(out _));
        }
    }

    [Fact]
    public void A_missing_library_is_named_with_its_package()
    {
        NativeLibraryFile library = new(CompressionType.Zstd, "libzstd1", "libzstd-that-is-not-there.so.1");
        CompressionLibraryMissingException missing = library.Missing!;
        Assert.Equal(CompressionType.Zstd, missing.Type);
        Assert.Equal("libzstd-that-is-not-there.so.1", missing.Library);
        Assert.Equal("libzstd1", missing.DebianPackage);
        Assert.Contains("libzstd-that-is-not-there.so.1", missing.Message);
        Assert.Contains("apt-get install libzstd1", missing.Message);
        Assert.Same(missing, Assert.Throws<CompressionLibraryMissingException>(() => library.Export("ZSTD_isError")));
    }

    [Fact]
    public void None_and_gzip_need_no_library()
    {
        Assert.Null(CompressionLibraries.FindMissing(CompressionType.None));
        Assert.Null(CompressionLibraries.FindMissing(CompressionType.Gzip));
    }
}
