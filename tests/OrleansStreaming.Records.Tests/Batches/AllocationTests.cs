using System.Buffers;
using OrleansStreaming.Allocations;
using OrleansStreaming.Records.Batches;

namespace OrleansStreaming.Records.Tests.Batches;

/// <summary>What a batch costs the garbage collector must not depend on how many records it has.</summary>
public class AllocationTests
{
    private static readonly BatchRules Rules = new() { Now = 1_000, KeysRequired = true };

    private static byte[] Batch(int records)
    {
        using BatchBuilder builder = new();
        for (int i = 0; i < records; i++)
        {
            builder.Append(1_000, [1, 2, 3], new byte[i % 300], new RecordHeader("h", new byte[] { 1 }));
        }

        return builder.Build().ToArray();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3_000)]
    public void Validating_an_uncompressed_batch_allocates_nothing(int records)
    {
        byte[] batch = Batch(records);
        ReadOnlySequence<byte> whole = new(batch);
        ReadOnlySequence<byte> pieces = Segments.Split(batch, 1_000);
        bool accepted = false;
        long allocated = Allocated.Least(() =>
            accepted = BatchValidator.Validate(whole, Rules).IsAccepted & BatchValidator.Validate(pieces, Rules).IsAccepted);
        Assert.True(accepted);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Reading_allocates_the_same_for_one_record_as_for_thousands()
    {
        byte[] one = Batch(1);
        byte[] thousands = Batch(5_000);
        Assert.Equal(1, Read(one));
        Assert.Equal(5_000, Read(thousands));
        long forOne = Allocated.Least(() => Read(one));
        long forThousands = Allocated.Least(() => Read(thousands));
        Assert.Equal(forOne, forThousands);
        Assert.InRange(forThousands, 0, 256);
    }

    [Fact]
    public void Stamping_allocates_nothing()
    {
        ReadOnlySequence<byte> pieces = Segments.Split(Batch(10), 7);
        int stamp = 0;
        Assert.Equal(0, Allocated.Least(() =>
        {
            stamp++;
            BatchPatcher.StampOffsetAndEpoch(pieces, stamp, stamp);
            BatchPatcher.StampLogAppendTime(pieces, stamp);
        }));
    }

    [Fact]
    public void Appending_to_a_grown_builder_allocates_nothing()
    {
        byte[] value = new byte[100];
        using BatchBuilder builder = new();
        Assert.Equal(0, Allocated.Least(() =>
        {
            builder.Reset();
            for (int i = 0; i < 1_000; i++)
            {
                builder.Append(i, value, value);
            }

            builder.Build();
        }));
    }

    private static int Read(byte[] batch)
    {
        int seen = 0;
        BatchReader.Open(new ReadOnlySequence<byte>(batch), out BatchReader? reader);
        using (reader)
        {
            foreach (RecordView record in reader!.Records())
            {
                foreach (RecordHeaderView header in record.Headers)
                {
                    seen += header.Value.Length;
                }
            }
        }

        return seen;
    }
}
