using OrleansStreaming.Server.Configuration;

namespace OrleansStreaming.Server.Tests.Configuration;

public sealed class ServerOptionsTests : IDisposable
{
    private static readonly Dictionary<string, string> _none = [];

    private readonly string _folder = Directory.CreateTempSubdirectory("ostream-options-").FullName;

    [Fact]
    public void DefaultsAreThoseOfTheHelpText()
    {
        var options = Read();

        Assert.Equal(1, options.BrokerId);
        Assert.Equal(Path.Combine(_folder, "data"), options.DataDirectory);
        Assert.Equal(Path.Combine(_folder, "data", "cluster"), options.ClusterDirectory);
        Assert.Equal("127.0.0.1:9092", options.Kafka.ToString());
        Assert.Equal("127.0.0.1:8080", options.Http.ToString());
        Assert.Null(options.Advertised);
        Assert.Null(options.Telemetry);
        Assert.Empty(options.Configs);
    }

    [Fact]
    public void TheCommandLineWinsOverTheEnvironmentAndThatOverTheFile()
    {
        File.WriteAllText(Path.Combine(_folder, "appsettings.json"), """
            { "OrleansStreaming": { "BrokerId": 5, "Kafka": "127.0.0.1:1", "Http": "127.0.0.1:2", "Config": { "num.partitions": 3, "broker.rack": "r1" } } }
            """);
        var environment = new Dictionary<string, string>
        {
            ["ORLEANS_STREAMING_BROKER_ID"] = "6",
            ["ORLEANS_STREAMING_KAFKA"] = "127.0.0.1:3",
            ["ORLEANS_STREAMING_CONFIG_NUM_PARTITIONS"] = "4",
        };

        var options = Read(environment, new() { ["BrokerId"] = "7" });

        Assert.Equal(7, options.BrokerId);
        Assert.Equal("127.0.0.1:3", options.Kafka.ToString());
        Assert.Equal("127.0.0.1:2", options.Http.ToString());
        Assert.Equal("4", options.Configs["num.partitions"]);
        Assert.Equal("r1", options.Configs["broker.rack"]);
    }

    [Fact]
    public void EveryOptionHasAnEnvironmentVariable()
    {
        var options = Read(new()
        {
            ["ORLEANS_STREAMING_BROKER_ID"] = "2",
            ["ORLEANS_STREAMING_DATA_DIR"] = "d",
            ["ORLEANS_STREAMING_CLUSTER_DIR"] = "c",
            ["ORLEANS_STREAMING_KAFKA"] = "[::1]:1",
            ["ORLEANS_STREAMING_ADVERTISED"] = "broker.example:2",
            ["ORLEANS_STREAMING_HTTP"] = "localhost:3",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:4317",
            ["PATH"] = "/bin",
        });

        Assert.Equal(2, options.BrokerId);
        Assert.Equal(Path.Combine(_folder, "d"), options.DataDirectory);
        Assert.Equal(Path.Combine(_folder, "c"), options.ClusterDirectory);
        Assert.Equal("[::1]:1", options.Kafka.ToString());
        Assert.Equal("broker.example:2", options.Advertised?.ToString());
        Assert.Equal("localhost:3", options.Http.ToString());
        Assert.Equal(new Uri("http://127.0.0.1:4317"), options.Telemetry);
    }

    [Theory]
    [InlineData("BrokerId", "-1", "--broker-id")]
    [InlineData("BrokerId", "one", "--broker-id")]
    [InlineData("Kafka", "9092", "--kafka")]
    [InlineData("Http", "localhost", "--http")]
    [InlineData("Advertised", "::1:1", "--advertised")]
    [InlineData("Config:num.partitions", "0", "num.partitions")]
    [InlineData("Config:no.such.config", "0", "no.such.config")]
    [InlineData("Config:broker.id", "2", "--broker-id")]
    [InlineData("Config:listeners", "PLAINTEXT://:1", "--kafka")]
    [InlineData("OtlpEndpoint", "4317", "OtlpEndpoint")]
    public void RefusesWithTheOptionsName(string key, string value, string named)
    {
        var failure = Assert.Throws<OptionsException>(() => Read(commandLine: new() { [key] = value }));

        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public void RefusesAnUnknownEnvironmentVariableOfItsOwn()
    {
        var failure = Assert.Throws<OptionsException>(() => Read(new() { ["ORLEANS_STREAMING_BROKERID_"] = "1", ["ORLEANS_STREAMING_DATA"] = "x" }));

        Assert.Contains("ORLEANS_STREAMING_DATA", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RefusesAFileThatIsNotJson()
    {
        File.WriteAllText(Path.Combine(_folder, "appsettings.json"), "{ nonsense");

        var failure = Assert.Throws<OptionsException>(() => Read());
        Assert.Contains("appsettings.json", failure.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ServerOptions Read(Dictionary<string, string>? environment = null, Dictionary<string, string>? commandLine = null) =>
        ServerOptionsReader.Read(OptionSources.Combine(_folder, environment ?? _none, commandLine ?? _none), _folder);
}
