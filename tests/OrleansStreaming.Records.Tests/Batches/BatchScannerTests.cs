using System.Buffers;
using OrleansStreaming.Allocations;
using OrleansStreaming.Records.Batches;

namespace OrleansStreaming.Records.Tests.Batches;

public class BatchScannerTests
{
    private static byte[] Run(int batches)
    {
        List<byte> bytes = [];
        for (int i = 0; i < batches; i++)
        {
            bytes.AddRange(new HandmadeBatch { BaseOffset = 2 * i }
                .With(HandmadeBatch.Record(0, null, new byte[i * 10]), HandmadeBatch.Record(1, null, null))
                .ToBytes());
        }

        return [.. bytes];
    }

    [Fact]
    public void It_finds_every_batch_in_a_span_and_in_segments_of_any_size()
    {
        byte[] bytes = Run(9);
        List<(long, long)> expected = [];
        BatchScanner scanner = new(bytes, checkCrc: true);
        while (scanner.MoveNext())
        {
            expected.Add((scanner.Position, scanner.Header.BaseOffset));
        }

        Assert.Equal(BatchScanStatus.End, scanner.Status);
        Assert.Equal(bytes.Length, scanner.Position);
        Assert.Equal([0, 2, 4, 6, 8, 10, 12, 14, 16], expected.Select(found => found.Item2));

        foreach (int size in (int[])[1, 5, 61, 100, 1_000])
        {
            List<(long, long)> found = [];
            BatchScanner pieces = new(Segments.Split(bytes, size), checkCrc: true);
            while (pieces.MoveNext())
            {
                found.Add((pieces.Position, pieces.Header.BaseOffset));
            }

            Assert.Equal(expected, found);
            Assert.Equal(BatchScanStatus.End, pieces.Status);
        }
    }

    [Fact]
    public void Nothing_is_a_run_without_batches()
    {
        BatchScanner scanner = new([], checkCrc: false);
        Assert.False(scanner.MoveNext());
        Assert.Equal(BatchScanStatus.End, scanner.Status);
    }

    [Fact]
    public void A_torn_tail_is_truncated_at_every_cut()
    {
        byte[] bytes = Run(3);
        BatchScanner whole = new(bytes, checkCrc: false);
        whole.MoveNext();
        whole.MoveNext();
        whole.MoveNext();
        int last = (int)whole.Position;
        for (int cut = last + 1; cut < bytes.Length; cut++)
        {
            BatchScanner scanner = new(bytes.AsSpan(0, cut), checkCrc: true);
            Assert.True(scanner.MoveNext());
            Assert.True(scanner.MoveNext());
            Assert.False(scanner.MoveNext());
            Assert.Equal(BatchScanStatus.Truncated, scanner.Status);
            Assert.Equal(last, scanner.Position);
            Assert.False(scanner.MoveNext());
        }
    }

    [Theory]
    [InlineData(8, 0xFF)] // a negative length
    [InlineData(16, 0x01)] // an older magic
    [InlineData(23, 0x80)] // a negative last offset delta
    public void A_header_that_cannot_be_is_corrupt(int position, byte value)
    {
        byte[] bytes = Run(2);
        BatchScanner first = new(bytes, checkCrc: false);
        first.MoveNext();
        int second = (int)first.Header.SizeInBytes;
        bytes[second + position] = value;
        BatchScanner scanner = new(bytes, checkCrc: false);
        Assert.True(scanner.MoveNext());
        Assert.False(scanner.MoveNext());
        Assert.Equal(BatchScanStatus.Corrupt, scanner.Status);
        Assert.Equal(second, scanner.Position);
    }

    [Fact]
    public void A_length_below_the_header_is_corrupt_even_when_zero()
    {
        BatchScanner scanner = new(new byte[200], checkCrc: false);
        Assert.False(scanner.MoveNext());
        Assert.Equal(BatchScanStatus.Corrupt, scanner.Status);
    }

    [Fact]
    public void A_flipped_bit_is_seen_only_when_asked_to_look()
    {
        byte[] bytes = Run(1);
        bytes[^1] ^= 1;
        BatchScanner trusting = new(bytes, checkCrc: false);
        Assert.True(trusting.MoveNext());
        BatchScanner careful = new(bytes, checkCrc: true);
        Assert.False(careful.MoveNext());
        Assert.Equal(BatchScanStatus.Corrupt, careful.Status);
        BatchScanner pieces = new(Segments.Split(bytes, 10), checkCrc: true);
        Assert.False(pieces.MoveNext());
        Assert.Equal(BatchScanStatus.Corrupt, pieces.Status);
    }

    [Fact]
    public void It_allocates_nothing()
    {
        byte[] bytes = Run(50);
        ReadOnlySequence<byte> segments = Segments.Split(bytes, 97);
        int found = 0;
        long allocated = Allocated.Least(() => found = Count(segments) + Count(new ReadOnlySequence<byte>(bytes)));
        Assert.Equal(100, found);
        Assert.Equal(0, allocated);
    }

    private static int Count(in ReadOnlySequence<byte> bytes)
    {
        int count = 0;
        BatchScanner scanner = new(bytes, checkCrc: true);
        while (scanner.MoveNext())
        {
            count++;
        }

        return count;
    }
}
