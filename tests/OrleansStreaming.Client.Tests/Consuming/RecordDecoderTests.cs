using System.Text;
using OrleansStreaming.Allocations;
using OrleansStreaming.Client.Consuming;
using OrleansStreaming.Client.Serialization;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Tests.Consuming;

public sealed class RecordDecoderTests
{
    private const int Count = 2000;

    private static readonly TopicPartition _partition = new("t", 0);

    /// <summary>A member of a key-based group with few slots pays for those: of the rest only the key is hashed, where it lies.</summary>
    [Fact]
    public void RecordsOfOtherMembersAreNeitherDeserializedNorMade()
    {
        using var builder = new BatchBuilder();
        for (var i = 0; i < Count; i++)
        {
            builder.Append(0, Key(i), Encoding.UTF8.GetBytes($"value {i}"), new RecordHeader("source", new byte[100]));
        }

        var bytes = builder.Build();
        var slots = new bool[KeySlots.PerPartition];
        slots[17] = slots[200] = true;
        var counting = new CountingDeserializer();
        var decoder = new RecordDecoder<string, string>(counting, counting);
        var all = decoder.Decode(_partition, bytes, Offset.Zero).Records;
        var expected = all.Where(record => slots[KeySlots.Of(Encoding.UTF8.GetBytes(record.Record!.Key!), true, record.Offset)]).Select(record => record.Offset).ToArray();
        var budget = (Count * 40) + (expected.Length * 1000);
        var records = all;

        var allocated = Allocated.Least(
            () =>
            {
                counting.Calls = 0;
                records = decoder.Decode(_partition, bytes, Offset.Zero, slots).Records;
            },
            enough: budget);

        Assert.InRange(expected.Length, 1, Count / 10);
        Assert.Equal(2 * expected.Length, counting.Calls);
        Assert.Equal(expected, records.Where(record => !record.IsOthers).Select(record => record.Offset));

        // The others keep their places, for what is finished is told by offsets; a place is not an object.
        Assert.Equal(Enumerable.Range(0, Count).Select(offset => (long)offset), records.Select(record => record.Offset.Value));
        Assert.True(allocated <= budget, $"{allocated} bytes");
    }

    private static byte[] Key(int number) => Encoding.UTF8.GetBytes($"key-{number}");

    private sealed class CountingDeserializer : IDeserializer<string>
    {
        public int Calls { get; set; }

        public string Deserialize(ReadOnlySpan<byte> bytes, in SerializationContext context)
        {
            Calls++;
            return Encoding.UTF8.GetString(bytes);
        }
    }
}
