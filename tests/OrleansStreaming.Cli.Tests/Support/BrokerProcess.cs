using System.Diagnostics;

namespace OrleansStreaming.Cli.Tests.Support;

/// <summary>One real broker in a process of its own for all tests of a collection. Its ports are picked by the system.</summary>
public sealed class BrokerProcess : IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("ostream-tests-").FullName;
    private Process? _process;

    public string DataDirectory => Path.Combine(_folder, "data");

    public string Bootstrap { get; private set; } = "";

    /// <summary>How the tool reaches it: over its Kafka port or with the Orleans client, however slow the machine is.</summary>
    public string[] Way(bool overKafka) =>
        [.. overKafka ? (string[])["--bootstrap", Bootstrap] : ["--cluster-dir", Path.Combine(DataDirectory, "cluster")], "--timeout", "60"];

    public async Task InitializeAsync()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        string[] arguments =
        [
            AssemblyOf("OrleansStreaming.Server", "OrleansStreaming.Server"), "--data-dir", DataDirectory, "--kafka", "127.0.0.1:0", "--http", "127.0.0.1:0",

            // A group's first members are alone here; the default waits 3 s for more.
            "--config", "group.initial.rebalance.delay.ms=0",
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(_patience);
        while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.StartsWith("  kafka ", StringComparison.Ordinal))
            {
                Bootstrap = line["  kafka ".Length..].Trim().Split(' ')[0];
            }

            if (line.StartsWith("  stop ", StringComparison.Ordinal))
            {
                _ = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return;
            }
        }

        throw new InvalidOperationException("The broker did not start.");
    }

    public async Task DisposeAsync()
    {
        if (_process is { HasExited: false } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Where this working tree lies.</summary>
    internal static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Orleans.Streaming.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"No Orleans.Streaming.sln above {AppContext.BaseDirectory}.");
        }

        return folder.FullName;
    }

    /// <summary>The program that a project builds.</summary>
    internal static string AssemblyOf(string project, string name)
    {
        var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        return Path.Combine(Root(), "src", project, "bin", configuration, "net10.0", $"{name}.dll");
    }
}

[CollectionDefinition(Name)]
public sealed class BrokerCollection : ICollectionFixture<BrokerProcess>
{
    public const string Name = "broker";
}
