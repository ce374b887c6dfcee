using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace OrleansStreaming.Benchmarks.Silos;

/// <summary>Calls between two silos in two processes of this machine.</summary>
internal static class ClusterCallsBenchmark
{
    private const int Pings = 20_000;
    private const int BusyPings = 5_000;
    private const int InFlight = 16;
    private const int Transfers = 4;

    public static async Task<int> RunAsync(int mebibytes, int rounds)
    {
        var directory = Directory.CreateTempSubdirectory("cluster-calls-").FullName;
        using var callee = Start(directory);
        try
        {
            using var host = await BenchmarkSilo.StartAsync(directory, isPrimary: true);
            await callee.StandardInput.WriteLineAsync("go");
            await callee.StandardOutput.ReadLineAsync();
            var grain = host.Services.GetRequiredService<IGrainFactory>().GetGrain<IEchoGrain>(0);
            var reached = await MeasureAsync(grain, mebibytes, rounds);
            await host.StopAsync();
            return reached ? 0 : 1;
        }
        finally
        {
            callee.StandardInput.Close();
            await callee.WaitForExitAsync();
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>The other process: serves until its input ends.</summary>
    public static async Task ServeAsync(string directory)
    {
        await Console.In.ReadLineAsync();
        using var host = await BenchmarkSilo.StartAsync(directory, isPrimary: false);
        await host.Services.GetRequiredService<IGrainFactory>().GetGrain<IEchoGrain>(0).Ping(0);
        Console.WriteLine("ready");
        while (await Console.In.ReadLineAsync() is not null)
        {
        }

        await host.StopAsync();
    }

    private static Process Start(string directory) => Process.Start(new ProcessStartInfo("dotnet")
    {
        ArgumentList = { typeof(ClusterCallsBenchmark).Assembly.Location, "cluster-callee", "--dir", directory },
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;

    private static async Task<bool> MeasureAsync(IEchoGrain grain, int mebibytes, int rounds)
    {
        await PingAsync(grain, Pings);
        var quiet = new List<double[]>();
        var rates = new List<double>();
        var busy = new List<double[]>();
        for (var round = 0; round < rounds; round++)
        {
            quiet.Add(await PingAsync(grain, Pings));
            rates.Add(await TransferAsync(grain, 64 * 1024, InFlight, mebibytes));
            busy.Add(await PingBesideTransfersAsync(grain));
        }

        Console.WriteLine($"Calls between two silos, best of {rounds} rounds");
        var reached = Measurement.Report("small call, round trip, p50", quiet.Min(times => At(times, 0.5)), "µs", 100, atLeast: false);
        Measurement.Note("small call, round trip, p99", quiet.Min(times => At(times, 0.99)), "µs");
        reached &= Measurement.Report("64 KiB payloads, 16 in flight", rates.Max(), "GB/s", 1);
        Measurement.Note("small call beside four of 1 MiB, p50", busy.Min(times => At(times, 0.5)), "µs");
        reached &= Measurement.Report("small call beside four of 1 MiB, p99", busy.Min(times => At(times, 0.99)), "µs", 3000, atLeast: false);
        return reached;
    }

    /// <summary>Sorted round trips in microseconds.</summary>
    private static async Task<double[]> PingAsync(IEchoGrain grain, int count)
    {
        var times = new double[count];
        for (var i = 0; i < count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await grain.Ping(i);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(times);
        return times;
    }

    /// <summary>In GB/s.</summary>
    private static async Task<double> TransferAsync(IEchoGrain grain, int size, int inFlight, int mebibytes)
    {
        var payload = new byte[size];
        var left = (int)(mebibytes * Measurement.MiB / size);
        var total = (double)left * size;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await grain.Take(payload);
            }
        }));
        return total / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9;
    }

    private static async Task<double[]> PingBesideTransfersAsync(IEchoGrain grain)
    {
        var payload = new byte[1024 * 1024];
        using var end = new CancellationTokenSource();
        var transfers = Task.WhenAll(Enumerable.Range(0, Transfers).Select(_ => Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                await grain.Take(payload);
            }
        })));
        var times = await PingAsync(grain, BusyPings);
        await end.CancelAsync();
        await transfers;
        return times;
    }

    private static double At(double[] sorted, double quantile) => sorted[(int)(quantile * (sorted.Length - 1))];
}
