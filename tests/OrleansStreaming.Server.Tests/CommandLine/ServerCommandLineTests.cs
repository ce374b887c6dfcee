using OrleansStreaming.Server.CommandLine;
using OrleansStreaming.Server.Configuration;

namespace OrleansStreaming.Server.Tests.CommandLine;

public sealed class ServerCommandLineTests
{
    [Fact]
    public void CollectsWhatIsGivenAndNothingElse()
    {
        var values = new ServerCommandLine().Parse(
            ["--broker-id", "3", "--kafka=127.0.0.1:0", "--config", "num.partitions=6", "--config", "broker.rack=a=b"]);

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["BrokerId"] = "3",
                ["Kafka"] = "127.0.0.1:0",
                ["Config:num.partitions"] = "6",
                ["Config:broker.rack"] = "a=b",
            },
            values);
    }

    [Theory]
    [InlineData("--no-such-option")]
    [InlineData("--broker-id")]
    [InlineData("stray")]
    [InlineData("--broker-id", "1", "--broker-id", "2")]
    [InlineData("--config", "num.partitions")]
    [InlineData("--config", "=6")]
    public void RefusesInOneLine(params string[] arguments)
    {
        var failure = Assert.Throws<OptionsException>(() => new ServerCommandLine().Parse(arguments));

        Assert.DoesNotContain('\n', failure.Message);
    }
}
