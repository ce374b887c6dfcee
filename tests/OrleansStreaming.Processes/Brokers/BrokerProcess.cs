using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using OrleansStreaming.Processes.Tools;

namespace OrleansStreaming.Processes.Brokers;

/// <summary>A real broker in a process of its own. Ports are picked by the system and read from what it prints.</summary>
public sealed class BrokerProcess : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _log;
    private readonly Task _said;

    private BrokerProcess(Process process, ConcurrentQueue<string> log, Task said, string dataDirectory, IPEndPoint kafka, Uri http)
    {
        _process = process;
        _log = log;
        _said = said;
        DataDirectory = dataDirectory;
        Kafka = kafka;
        Http = http;
    }

    public string DataDirectory { get; }

    public IPEndPoint Kafka { get; }

    public Uri Http { get; }

    /// <summary>host:port, as clients take it.</summary>
    public string Bootstrap => Kafka.ToString();

    /// <summary>Everything it has written so far.</summary>
    public string Log => string.Join('\n', _log);

    /// <summary>Starts a broker and waits until it says that it is ready.</summary>
    public static async Task<BrokerProcess> StartAsync(string dataDirectory, string kafka = "127.0.0.1:0", params string[] more)
    {
        var process = Process.Start(StartInfo(["--data-dir", dataDirectory, "--kafka", kafka, "--http", "127.0.0.1:0", .. more]))!;
        var log = new ConcurrentQueue<string>();
        var errors = Task.Run(async () =>
        {
            while (await process.StandardError.ReadLineAsync() is { } line)
            {
                log.Enqueue(line);
            }
        });
        using var timeout = new CancellationTokenSource(_patience);
        string? kafkaLine = null;
        string? httpLine = null;
        try
        {
            while (await process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
            {
                log.Enqueue(line);
                kafkaLine ??= Value(line, "kafka");
                httpLine ??= Value(line, "http");
                if (Value(line, "stop") is not null)
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            process.Kill();
        }

        if (kafkaLine is null || httpLine is null || process.HasExited)
        {
            process.Dispose();
            await errors;
            throw new InvalidOperationException($"The broker did not start:\n{string.Join('\n', log)}");
        }

        var rest = Task.Run(async () =>
        {
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                log.Enqueue(line);
            }
        });
        return new BrokerProcess(
            process, log, Task.WhenAll(errors, rest), dataDirectory, IPEndPoint.Parse(kafkaLine.Split(' ')[0]), new Uri(new Uri(httpLine.Split(',')[0]), "/"));
    }

    /// <summary>Runs a broker that is expected to end by itself.</summary>
    public static Task<CommandResult> RunAsync(params string[] arguments) =>
        Command.RunAsync("dotnet", [Repository.Server, .. arguments]);

    public int ProcessId => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGSTOP: it stands still, its connections stay open.</summary>
    public async Task PauseAsync() => (await Command.RunAsync("kill", "-STOP", _process.Id.ToString())).Succeeded();

    /// <summary>SIGCONT.</summary>
    public async Task ResumeAsync() => (await Command.RunAsync("kill", "-CONT", _process.Id.ToString())).Succeeded();

    /// <summary>SIGTERM, and waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        if (!_process.HasExited)
        {
            (await Command.RunAsync("kill", "-TERM", _process.Id.ToString())).Succeeded();
        }

        return await WaitForEndAsync();
    }

    /// <summary>Waits until it ends, and has said everything.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitForEndAsync()
    {
        using var timeout = new CancellationTokenSource(_patience);
        await _process.WaitForExitAsync(timeout.Token);
        await _said.WaitAsync(timeout.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private static string? Value(string line, string name) =>
        line.StartsWith($"  {name} ", StringComparison.Ordinal) ? line[(name.Length + 3)..].Trim() : null;

    private static ProcessStartInfo StartInfo(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Repository.Server);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }
}
