using System.Text;
using OrleansStreaming.Client.Producing;

namespace OrleansStreaming.Client.Tests.Producing;

public sealed class Murmur2Tests
{
    /// <summary>Values that the Java client's own tests expect.</summary>
    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [InlineData("abc", 479470107)]
    public void HashesAsTheJavaClientDoes(string key, int hash) => Assert.Equal(hash, Murmur2.Hash(Encoding.UTF8.GetBytes(key)));

    [Fact]
    public void PartitionsAreNeverNegative()
    {
        const int seed = 4711;
        var random = new Random(seed);
        for (var i = 0; i < 1000; i++)
        {
            var key = new byte[random.Next(40)];
            random.NextBytes(key);

            Assert.InRange(Murmur2.Partition(key, 7), 0, 6);
        }
    }
}
