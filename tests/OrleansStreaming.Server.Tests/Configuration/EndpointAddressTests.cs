using System.Net;
using OrleansStreaming.Server.Configuration;

namespace OrleansStreaming.Server.Tests.Configuration;

public sealed class EndpointAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:9092", "127.0.0.1", 9092)]
    [InlineData("localhost:0", "localhost", 0)]
    [InlineData("broker-1.example:65535", "broker-1.example", 65535)]
    [InlineData("[::1]:9092", "::1", 9092)]
    [InlineData("[::]:9092", "::", 9092)]
    [InlineData("*:9092", "0.0.0.0", 9092)]
    [InlineData(":9092", "0.0.0.0", 9092)]
    public void Parses(string text, string host, int port)
    {
        Assert.True(EndpointAddress.TryParse(text, out var address));
        Assert.Equal((host, port), (address.Host, address.Port));
    }

    [Theory]
    [InlineData("")]
    [InlineData("9092")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:http")]
    [InlineData("::1:9092")]
    [InlineData("[::1:9092")]
    [InlineData("[localhost]:9092")]
    [InlineData("a b:9092")]
    [InlineData("http://localhost:9092")]
    public void Refuses(string text) => Assert.False(EndpointAddress.TryParse(text, out _));

    [Theory]
    [InlineData("[::1]:9092")]
    [InlineData("127.0.0.1:9092")]
    public void IsWrittenAsItIsRead(string text)
    {
        Assert.True(EndpointAddress.TryParse(text, out var address));
        Assert.Equal(text, address.ToString());
        Assert.Equal(IPEndPoint.Parse(text), address.Resolve());
    }

    [Theory]
    [InlineData("0.0.0.0:1", true)]
    [InlineData("[::]:1", true)]
    [InlineData("127.0.0.1:1", false)]
    [InlineData("localhost:1", false)]
    public void KnowsWildcards(string text, bool isWildcard)
    {
        Assert.True(EndpointAddress.TryParse(text, out var address));
        Assert.Equal(isWildcard, address.IsWildcard);
    }
}
