using System.Text;
using OrleansStreaming.Storage.Compaction;

namespace OrleansStreaming.Storage.Tests.Compaction;

public sealed class KeyOffsetMapTests
{
    [Theory]
    [InlineData(0, "A3817F04BA25A8E66DF67214C7550293")]
    [InlineData(1, "DA87C1D86B99AF44347659119B22FC45")]
    [InlineData(2, "8177228DA4A45DC7FCA38BDEF60AFFE4")]
    public void The_hash_is_SipHash_as_its_authors_publish_it(int length, string expected)
    {
        var input = Enumerable.Range(0, length).Select(x => (byte)x).ToArray();
        var hash = new KeyHash(0x0706050403020100, 0x0f0e0d0c0b0a0908).Compute(input);
        var bytes = new byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128LittleEndian(bytes, hash);
        Assert.Equal(expected, Convert.ToHexString(bytes));
    }

    [Fact]
    public void It_keeps_the_last_offset_of_as_many_keys_as_fit()
    {
        const int Slots = 5000;
        var map = new KeyOffsetMap(24 * Slots, 0.9, new Random(1));
        var put = 0;
        while (map.TryPut(Key(put), put))
        {
            put++;
        }

        Assert.Equal(4500, put);
        Assert.Equal(put, map.Count);
        for (var i = 0; i < put; i++)
        {
            Assert.Equal(i, map.Get(Key(i)));
        }

        Assert.Equal(-1, map.Get(Key(put)));
        Assert.Equal(-1, new KeyOffsetMap(100, 0.9, new Random(1)).Get(Key(0)));
        Assert.False(new KeyOffsetMap(10, 0.9, new Random(1)).TryPut(Key(0), 0));
    }

    private static byte[] Key(int i) => Encoding.UTF8.GetBytes($"key {i}");
}
