using System.Text;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Tests.KeyBased;

public sealed class FinishedOffsetsTests
{
    [Fact]
    public void Random_ranges_are_kept_as_a_set_would_and_survive_their_text()
    {
        for (var seed = 1; seed <= 200; seed++)
        {
            var random = new Random(seed);
            var start = random.Next(1_000_000);
            var finished = new FinishedOffsets(new Offset(start));
            var model = new HashSet<long>();
            for (var i = 0; i < 60; i++)
            {
                var first = start - 5 + random.Next(200);
                var range = new OffsetRange(first, first + random.Next(6));
                Assert.True(finished.TryAdd(range), $"Seed {seed}.");
                for (var offset = range.First; offset <= range.Last; offset++)
                {
                    model.Add(offset);
                }

                Check(seed, start, model, finished);
                Assert.True(FinishedOffsets.TryRead(finished.LowWatermark, finished.ToMetadata(), out var read), $"Seed {seed}.");
                Assert.Equal(finished.Ahead, read.Ahead);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(100)]
    public void Whatever_the_window_holds_fits_into_the_metadata_of_an_offset(int every)
    {
        var finished = new FinishedOffsets(new Offset(7));
        for (long offset = 8; offset < 7 + FinishedOffsets.Window; offset += every)
        {
            Assert.True(finished.TryAdd(new OffsetRange(offset, offset)));
        }

        var text = finished.ToMetadata();
        Assert.InRange(Encoding.UTF8.GetByteCount(text), 1, 4_096);
        Assert.True(FinishedOffsets.TryRead(new Offset(7), text, out var read));
        Assert.Equal(finished.Ahead, read.Ahead);
    }

    [Fact]
    public void What_is_beyond_the_window_is_refused()
    {
        var finished = new FinishedOffsets(new Offset(0));
        Assert.False(finished.TryAdd(new OffsetRange(5, FinishedOffsets.Window)));
        Assert.Empty(finished.Ahead);
    }

    [Theory]
    [InlineData("someone's own note")]
    [InlineData("k1:")]
    [InlineData("k1:%%%%")]
    [InlineData("k1:AQAA")]
    [InlineData("k1://///w==")]
    public void Foreign_text_is_not_taken_for_progress(string metadata) =>
        Assert.False(FinishedOffsets.TryRead(new Offset(0), metadata, out _));

    [Theory]
    [InlineData("", 275646681)]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    public void Keys_are_hashed_as_Java_producers_hash_them(string key, int hash) => Assert.Equal(hash, (int)KeySlots.Murmur2(Encoding.UTF8.GetBytes(key)));

    [Fact]
    public void Keys_of_one_partition_spread_over_its_slots()
    {
        var counts = new int[KeySlots.PerPartition];
        for (var i = 0; i < 200_000; i++)
        {
            var key = Encoding.UTF8.GetBytes($"key-{i}");
            if ((KeySlots.Murmur2(key) & 0x7fffffff) % 8 == 3)
            {
                counts[KeySlots.Of(key, hasKey: true, default)]++;
            }
        }

        Assert.InRange(counts.Max(), 1, counts.Min() * 3);
        Assert.Equal((3, 7), KeySlots.FromUnit(KeySlots.Unit(3, 7)));
    }

    private static void Check(int seed, long start, HashSet<long> model, FinishedOffsets finished)
    {
        var low = start;
        while (model.Contains(low))
        {
            low++;
        }

        Assert.Equal((seed, low), (seed, finished.LowWatermark.Value));
        var ahead = finished.Ahead.SelectMany(range => Enumerable.Range((int)range.First, (int)(range.Last - range.First + 1)).Select(offset => (long)offset));
        Assert.Equal(model.Where(offset => offset > low).Order(), ahead);
        Assert.All(Enumerable.Range((int)start - 5, 220), offset => Assert.Equal(offset < low || model.Contains(offset), finished.Contains(new Offset(offset))));
    }
}
