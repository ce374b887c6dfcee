using System.Net;
using System.Net.Sockets;
using OrleansStreaming.Processes.Brokers;
using OrleansStreaming.Processes.Tools;

namespace OrleansStreaming.Interop.Tests.Startup;

/// <summary>What a broker cannot work with costs one clear line and a non-zero exit, and damages nothing.</summary>
public sealed class RefusalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("--no-such-option")]
    [InlineData("--broker-id", "minus one")]
    [InlineData("--kafka", "9092")]
    [InlineData("--config", "num.partitions=0")]
    [InlineData("--config", "no.such.config=1")]
    public async Task ABadOption(params string[] arguments)
    {
        var result = await BrokerProcess.RunAsync(["--data-dir", _folder.File("data"), .. arguments]);

        Assert.Equal(2, result.ExitCode);
        AssertOneLine(result);
        Assert.False(Directory.Exists(_folder.File("data")));
    }

    [Fact]
    public async Task APortInUse()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();

        var result = await BrokerProcess.RunAsync(
            "--data-dir", _folder.File("data"), "--http", "127.0.0.1:0", "--kafka", other.LocalEndPoint!.ToString()!);

        Assert.Equal(1, result.ExitCode);
        AssertOneLine(result, "in use");
        Assert.False(Directory.Exists(_folder.File("data")));
    }

    [Fact]
    public async Task ADataDirectoryThatIsAFile()
    {
        File.WriteAllText(_folder.File("data"), "precious");

        var result = await RunAsync("data");

        Assert.Equal(1, result.ExitCode);
        AssertOneLine(result, "data");
        Assert.Equal("precious", File.ReadAllText(_folder.File("data")));
    }

    [Fact]
    public async Task ADirectoryOfSomebodyElse()
    {
        Directory.CreateDirectory(_folder.File("photos"));
        File.WriteAllText(_folder.File("photos/holiday.jpg"), "precious");

        var result = await RunAsync("photos");

        Assert.Equal(1, result.ExitCode);
        AssertOneLine(result, "photos");
        Assert.Equal([_folder.File("photos/holiday.jpg")], Directory.GetFileSystemEntries(_folder.File("photos")));
    }

    [Fact]
    public async Task TheDirectoryOfARunningBroker()
    {
        await using var broker = await BrokerProcess.StartAsync(_folder.File("data"));

        var result = await RunAsync("data");

        Assert.Equal(1, result.ExitCode);
        AssertOneLine(result, "data");
    }

    [Fact]
    public async Task TheDirectoryOfAnotherBroker()
    {
        await using (var broker = await BrokerProcess.StartAsync(_folder.File("data"), "127.0.0.1:0", "--broker-id", "1"))
        {
            Assert.Equal(0, await broker.StopAsync());
        }

        var result = await RunAsync("data", "--broker-id", "2");

        Assert.Equal(1, result.ExitCode);
        AssertOneLine(result, "broker");
    }

    [Fact]
    public async Task TheIdOfARunningBroker()
    {
        await using var broker = await BrokerProcess.StartAsync(_folder.File("data"), "127.0.0.1:0", "--cluster-dir", _folder.File("cluster"));

        var result = await RunAsync("other", "--cluster-dir", _folder.File("cluster"));

        Assert.Equal(1, result.ExitCode);
        AssertOneLine(result, "runs broker 1");
        Assert.False(Directory.Exists(_folder.File("other")));
        await AssertUntouched(broker);
    }

    /// <summary>Who names the directory that a lone broker has in its data directory.</summary>
    [Fact]
    public async Task TheIdOfARunningBrokerWithItsOwnClusterDirectory()
    {
        await using var broker = await BrokerProcess.StartAsync(_folder.File("data"));

        var result = await RunAsync("other", "--cluster-dir", _folder.File("data/cluster"));

        Assert.Equal(1, result.ExitCode);
        AssertOneLine(result, "runs broker 1");
        await AssertUntouched(broker);
    }

    [Fact]
    public async Task TheIdOfAStoppedBrokerUntilItIsKilled()
    {
        string[] cluster = ["--cluster-dir", _folder.File("cluster")];
        await using var broker = await BrokerProcess.StartAsync(_folder.File("data"), "127.0.0.1:0", cluster);
        await broker.PauseAsync();
        Assert.Equal(1, (await RunAsync("other", cluster)).ExitCode);
        await broker.KillAsync();

        await using var other = await BrokerProcess.StartAsync(_folder.File("other"), "127.0.0.1:0", cluster);

        await AssertUntouched(other);
    }

    [Theory]
    [InlineData("--help", "--data-dir")]
    [InlineData("--version", "0.1.0")]
    public async Task HelpAndVersionAreAnswered(string option, string expected)
    {
        var result = (await BrokerProcess.RunAsync(option)).Succeeded();

        Assert.Contains(expected, result.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private Task<CommandResult> RunAsync(string data, params string[] more) =>
        BrokerProcess.RunAsync(["--data-dir", _folder.File(data), "--kafka", "127.0.0.1:0", "--http", "127.0.0.1:0", .. more]);

    /// <summary>It is ready, and ends because it is told to, not because the cluster goes on without it.</summary>
    private static async Task AssertUntouched(BrokerProcess broker)
    {
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri(broker.Http, "health/ready"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(0, await broker.StopAsync());
    }

    private static void AssertOneLine(CommandResult result, string containing = "")
    {
        var line = Assert.Single(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("error: ", line, StringComparison.Ordinal);
        Assert.Contains(containing, line, StringComparison.Ordinal);
        Assert.Equal("", result.Output);
    }
}
