using OrleansStreaming.Cli.Kafka.Wire;

namespace OrleansStreaming.Cli.Tests.Kafka;

public sealed class BrokerAddressTests
{
    [Fact]
    public void ListsAreRead()
    {
        Assert.True(BrokerAddress.TryParseList("a:1, b , [::1]:9093,[fe80::1]", out var addresses));
        Assert.Equal([new("a", 1), new("b", 9092), new("::1", 9093), new("fe80::1", 9092)], addresses);
        Assert.Equal("[::1]:9093", addresses[2].ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("a:0")]
    [InlineData("a:b")]
    [InlineData(":9092")]
    [InlineData("a:1,b:x")]
    [InlineData("http://a:1")]
    public void OtherTextsAreNone(string text) => Assert.False(BrokerAddress.TryParseList(text, out _));
}
