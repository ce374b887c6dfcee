using System.Diagnostics;
using OrleansStreaming.Benchmarks.Processes;

namespace OrleansStreaming.Benchmarks.Peers;

/// <summary>
/// The broker under librdkafka, the client of most other brokers' figures: rates, CPU per gigabyte, memory, and the time from
/// starting the process to the first acknowledged record. The client shares the cores, so rates tell less than CPU per gigabyte.
/// Goals are those set from Apache Kafka's figures on the same kind of machine.
/// </summary>
internal static class PeersBenchmark
{
    private const double Giga = 1e9;

    public static async Task<int> RunAsync(int mebibytes, int rounds, string folder)
    {
        var client = await LoadClient.BuildAsync();
        var missed = 0;
        missed += await StartUpAsync(client, rounds, folder);
        await using var broker = await ServedProcess.StartBrokerAsync(folder);
        await Task.Delay(TimeSpan.FromSeconds(3));
        missed += Reached(Measurement.Report("memory, idle", broker.ResidentMiB, "MiB", 150, atLeast: false));

        await client.ProduceAsync(broker.Bootstrap, "warm", 200_000, 1024, "all");
        await client.ConsumeAsync(broker.Bootstrap, "warm", 200_000);
        foreach (var (bytes, goals) in ((int, Goals)[])[(100, new Goals(150, null, null)), (1024, new Goals(500, 0.8, 0.3))])
        {
            var count = (long)mebibytes * 1024 * 1024 / bytes;
            var produced = new List<Run>();
            var consumed = new List<Run>();
            var plain = new List<double>();
            for (var round = 0; round < rounds; round++)
            {
                var topic = $"bench-{bytes}-{round}";
                plain.Add(PageCache.Warm(folder, 1.2 * mebibytes));
                produced.Add(await MeasureAsync(broker, count, bytes, () => client.ProduceAsync(broker.Bootstrap, topic, count, bytes, "all")));
                consumed.Add(await MeasureAsync(broker, count, bytes, () => client.ConsumeAsync(broker.Bootstrap, topic, count)));
            }

            Console.WriteLine($"Records of {bytes} B, 6 partitions, acks=all, {mebibytes} MiB a run, {rounds} runs:");
            Measurement.Note("produce", Measurement.Median(produced.Select(run => run.Rate)), "records/s");
            missed += Reached(Measurement.Report("produce", Measurement.Median(produced.Select(run => run.Rate)) * bytes / 1e6, "MB/s", goals.ProduceMegabytes));
            missed += Report("broker CPU per GB produced", produced, goals.CpuPerGigabyteProduced);
            Measurement.Note("  for orientation: a plain write of the same", Measurement.Median(plain), "s");
            Measurement.Note("consume", Measurement.Median(consumed.Select(run => run.Rate)), "records/s");
            Measurement.Note("consume", Measurement.Median(consumed.Select(run => run.Rate)) * bytes / 1e6, "MB/s");
            missed += Report("broker CPU per GB consumed", consumed, goals.CpuPerGigabyteConsumed);
        }

        Measurement.Note("memory, after the load", broker.ResidentMiB, "MiB");
        return missed == 0 ? 0 : 1;
    }

    private static async Task<int> StartUpAsync(LoadClient client, int rounds, string folder)
    {
        var times = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var data = Path.Combine(folder, $"ostream-bench-{Guid.NewGuid():N}");
            var port = ServedProcess.FreePort();
            var start = Stopwatch.GetTimestamp();
            var broker = await ServedProcess.StartBrokerAsync(data, port);
            await client.FirstAckAsync(broker.Bootstrap, "first"); // starting the client, connecting and creating the topic included
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            await broker.DisposeAsync();
        }

        return Reached(Measurement.Report("start of the process to the first ack", Measurement.Median(times), "s", 1.5, atLeast: false));
    }

    private static async Task<Run> MeasureAsync(ServedProcess broker, long count, int bytes, Func<Task<double>> load)
    {
        var (user, system) = broker.Cpu;
        var rate = await load();
        var (userAfter, systemAfter) = broker.Cpu;
        var gigabytes = count * bytes / Giga;
        return new Run(rate, (userAfter - user) / gigabytes, (systemAfter - system) / gigabytes);
    }

    private static int Report(string what, List<Run> runs, double? goal)
    {
        var cost = Measurement.Median(runs.Select(run => run.User + run.System));
        var missed = 0;
        if (goal is { } limit)
        {
            missed = Reached(Measurement.Report(what, cost, "s", limit, atLeast: false));
        }
        else
        {
            Measurement.Note(what, cost, "s");
        }

        Measurement.Note("  of that in the program", Measurement.Median(runs.Select(run => run.User)), "s");
        Measurement.Note("  of that in the kernel", Measurement.Median(runs.Select(run => run.System)), "s");
        return missed;
    }

    private static int Reached(bool reached) => reached ? 0 : 1;

    private sealed record Goals(double ProduceMegabytes, double? CpuPerGigabyteProduced, double? CpuPerGigabyteConsumed);

    private sealed record Run(double Rate, double User, double System);
}
