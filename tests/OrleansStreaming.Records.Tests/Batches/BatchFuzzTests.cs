using System.Buffers;
using System.Buffers.Binary;
using OrleansStreaming.Allocations;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Checksums;
using OrleansStreaming.Records.Compression;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Records.Tests.Batches;

/// <summary>Mutated batches: nobody throws, memory stays small, all parties agree, and what was accepted can be read whole.</summary>
public class BatchFuzzTests
{
    private const long Now = 1_700_000_000_000;

    private static readonly BatchRules Rules = new() { Now = Now, MaxDecompressedBytes = 1024 * 1024 };

    public static TheoryData<CompressionType, int> Cases => new()
    {
        { CompressionType.None, 1 },
        { CompressionType.None, 2 },
        { CompressionType.Gzip, 3 },
        { CompressionType.Snappy, 4 },
        { CompressionType.Lz4, 5 },
        { CompressionType.Zstd, 6 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Mutated_batches(CompressionType type, int seed)
    {
        Random random = new(seed);
        int accepted = 0;
        for (int round = 0; round < 3_000; round++)
        {
            byte[] batch = Build(type, random);
            Mutate(batch, random);
            if (random.Next(4) != 0)
            {
                // Past the CRC, to where the walk is the only guard.
                BinaryPrimitives.WriteUInt32BigEndian(batch.AsSpan(17), Crc32C.Compute(batch.AsSpan(21)));
            }

            string at = $"{type}, seed {seed}, round {round}: {Convert.ToHexString(batch)}";
            BatchVerdict verdict = default;
            long allocated = Allocated.Least(() => verdict = BatchValidator.Validate(new ReadOnlySequence<byte>(batch), Rules), enough: 2_000_000);
            Assert.True(allocated <= 2_000_000, $"{allocated} bytes; {at}");

            BatchVerdict pieces = BatchValidator.Validate(Segments.Split(batch, random.Next(1, 90)), Rules);
            Assert.True(verdict.IsAccepted == pieces.IsAccepted, at);

            // How far a decoder comes before it sees the damage depends on how its input is cut.
            Assert.True(type != CompressionType.None || (verdict.Error == pieces.Error && verdict.Message == pieces.Message), at);

            int read = Read(batch, verdict.IsAccepted, at);
            if (verdict.IsAccepted)
            {
                accepted++;
                Assert.True(read == verdict.Header.RecordCount, at);
            }

            BatchScanner scanner = new(batch, checkCrc: true);
            while (scanner.MoveNext())
            {
            }

            Assert.True(scanner.Status != BatchScanStatus.Scanning, at);
        }

        // Both outcomes occur, so the fuzz goes where it should.
        Assert.InRange(accepted, 50, 2_950);
    }

    [Fact]
    public void Random_bytes()
    {
        const int Seed = 7;
        Random random = new(Seed);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = new byte[random.Next(0, 200)];
            random.NextBytes(bytes);
            if (bytes.Length > 16 && random.Next(2) == 0)
            {
                bytes[16] = 2;
            }

            Assert.False(BatchValidator.Validate(new ReadOnlySequence<byte>(bytes), Rules).IsAccepted, $"seed {Seed}, round {round}");
            Assert.NotEqual(ErrorCode.None, BatchReader.Open(new ReadOnlySequence<byte>(bytes), out _));
        }
    }

    private static byte[] Build(CompressionType type, Random random)
    {
        using BatchBuilder builder = new(new BatchOptions { Compression = type, ProducerId = 1, ProducerEpoch = 0, BaseSequence = 0 });
        for (int records = random.Next(1, 6); records > 0; records--)
        {
            byte[] bytes = new byte[random.Next(0, 80)];
            random.NextBytes(bytes);
            RecordHeader[] headers = [.. Enumerable.Range(0, random.Next(0, 3)).Select(i => new RecordHeader("h" + i, bytes))];
            builder.Append(Now - random.Next(0, 1_000), random.Next(3) == 0 ? null : bytes, random.Next(5) == 0 ? null : bytes, headers);
        }

        return builder.Build().ToArray();
    }

    private static void Mutate(byte[] batch, Random random)
    {
        for (int changes = random.Next(0, 4); changes > 0; changes--)
        {
            int position = random.Next(4) == 0 ? random.Next(batch.Length) : random.Next(Math.Min(BatchHeader.Size, batch.Length - 1), batch.Length);
            batch[position] = random.Next(3) switch
            {
                0 => (byte)random.Next(256),
                1 => (byte)(batch[position] ^ (1 << random.Next(8))),
                _ => (byte)(random.Next(2) == 0 ? 0xFF : 0x80),
            };
        }
    }

    private static int Read(byte[] batch, bool mustOpen, string at)
    {
        ErrorCode error = BatchReader.Open(new ReadOnlySequence<byte>(batch), out BatchReader? reader, maxDecompressedBytes: 1024 * 1024);
        Assert.True(!mustOpen || error == ErrorCode.None, at);
        if (reader is null)
        {
            return 0;
        }

        using (reader)
        {
            int count = 0;
            RecordReader records = reader.Records();
            while (records.MoveNext())
            {
                count++;
                int bytes = records.Current.Key.Length + records.Current.Value.Length;
                foreach (RecordHeaderView header in records.Current.Headers)
                {
                    bytes += header.Key.Length + header.Value.Length;
                }

                Assert.True(bytes <= reader.Payload.Length, at);
            }

            Assert.True(!mustOpen || !records.IsMalformed, at);
            return count;
        }
    }
}
