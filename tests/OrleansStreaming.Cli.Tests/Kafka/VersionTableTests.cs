using OrleansStreaming.Cli.Kafka.Wire;
using OrleansStreaming.Client;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Cli.Tests.Kafka;

public sealed class VersionTableTests
{
    [Theory]
    [InlineData(ApiKey.Metadata, 0, 1, 1)] // an old broker
    [InlineData(ApiKey.Metadata, 0, 99, 13)] // one from the future
    [InlineData(ApiKey.Fetch, 4, 17, 12)] // topics by name
    [InlineData(ApiKey.Produce, 0, 13, 12)]
    public void TheHighestThatBothKnow(ApiKey key, short lowest, short highest, short expected) =>
        Assert.Equal(expected, Table(key, lowest, highest).Choose(key));

    [Theory]
    [InlineData(ApiKey.Metadata, 50, 60)]
    [InlineData(ApiKey.Produce, 0, 2)] // no record batches yet
    [InlineData(ApiKey.Fetch, 13, 20)] // topics by id only
    public void NothingInCommonIsARefusal(ApiKey key, short lowest, short highest)
    {
        var table = Table(key, lowest, highest);

        Assert.False(table.Has(key));
        var refusal = Assert.Throws<RequestRefusedException>(() => table.Choose(key));
        Assert.Equal(ErrorCode.UnsupportedVersion, refusal.Error);
        Assert.Contains(key.ToString(), refusal.Message);
    }

    [Fact]
    public void AnApiThatIsNotOfferedIsARefusal() =>
        Assert.Contains("does not offer ElectLeaders", Assert.Throws<RequestRefusedException>(() => Table(ApiKey.Fetch, 4, 12).Choose(ApiKey.ElectLeaders)).Message);

    private static VersionTable Table(ApiKey key, short lowest, short highest) =>
        new(new BrokerAddress("b", 9092), new Dictionary<ApiKey, (short, short)> { [key] = (lowest, highest) });
}
