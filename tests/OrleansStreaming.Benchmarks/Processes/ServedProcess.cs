using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OrleansStreaming.Benchmarks.Endpoints;

namespace OrleansStreaming.Benchmarks.Processes;

/// <summary>A broker, real or null, in a process of its own, and what it has cost so far.</summary>
internal sealed class ServedProcess : IAsyncDisposable
{
    // USER_HZ: the unit of /proc/PID/stat's times, 100 on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    private readonly Process _process;
    private readonly string? _data;

    private ServedProcess(Process process, int port, string? data)
    {
        _process = process;
        _data = data;
        Bootstrap = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
    }

    public string Bootstrap { get; }

    /// <summary>Time used so far in the program and in the kernel, in s.</summary>
    public (double User, double System) Cpu
    {
        get
        {
            var stat = File.ReadAllText($"/proc/{_process.Id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' '); // the program's name may hold spaces
            return (Number(fields[11]) / TicksPerSecond, Number(fields[12]) / TicksPerSecond);
        }
    }

    /// <summary>Resident memory, in MiB.</summary>
    public double ResidentMiB =>
        Number(File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024;

    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public static Task<ServedProcess> StartNullBrokerAsync()
    {
        var port = FreePort();
        return StartAsync(port, null, "ready", typeof(ServedProcess).Assembly.Location, "null-broker", "--port", Text(port));
    }

    /// <summary>Starts a broker with an empty data directory under this folder, and waits until it is ready.</summary>
    public static Task<ServedProcess> StartBrokerAsync(string folder)
    {
        var port = FreePort();
        return StartBrokerAsync(Path.Combine(folder, $"ostream-bench-{Guid.NewGuid():N}"), port);
    }

    /// <inheritdoc cref="StartBrokerAsync(string)"/>
    public static Task<ServedProcess> StartBrokerAsync(string data, int port) => StartAsync(
        port, data, "  stop ", Repository.Server,
        "--data-dir", data, "--kafka", $"127.0.0.1:{port}", "--http", "127.0.0.1:0", "--config", $"num.partitions={NullBroker.Partitions}");

    /// <summary>Starts a broker of a cluster whose other brokers name the same folder.</summary>
    public static Task<ServedProcess> StartMemberAsync(string folder, int id)
    {
        var port = FreePort();
        var data = Path.Combine(folder, Text(id));
        return StartAsync(
            port, data, "  stop ", Repository.Server, "--broker-id", Text(id), "--cluster-dir", Path.Combine(folder, "cluster"),
            "--data-dir", data, "--kafka", $"127.0.0.1:{port}", "--http", "127.0.0.1:0", "--config", $"num.partitions={NullBroker.Partitions}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        if (_data is not null)
        {
            Directory.Delete(_data, recursive: true);
        }
    }

    private static async Task<ServedProcess> StartAsync(int port, string? data, string readyLine, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        var lines = new List<string>();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            lines.Add(line);
            if (line.StartsWith(readyLine, StringComparison.Ordinal))
            {
                _ = process.StandardOutput.ReadToEndAsync();
                return new ServedProcess(process, port, data);
            }
        }

        throw new InvalidOperationException($"The broker did not start:\n{string.Join('\n', lines)}");
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
