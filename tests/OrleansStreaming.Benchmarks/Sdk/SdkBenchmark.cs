using System.Diagnostics;
using OrleansStreaming.Benchmarks.Processes;
using OrleansStreaming.Client;
using OrleansStreaming.Client.Admin;
using OrleansStreaming.Testing;

namespace OrleansStreaming.Benchmarks.Sdk;

/// <summary>
/// The SDK beside its broker, and in a process of its own over an Orleans client, against librdkafka on the Kafka endpoint: the
/// same number of records of the same size, of partitions and of replicas, acks=all, in turns.
/// </summary>
internal static class SdkBenchmark
{
    private const int CallerBytes = 256;
    private const int Callers = 250;
    private const int Starts = 5;
    private const double CallsGoal = 20_000;
    private const double StartGoal = 500;
    private const double CoHostedGoal = 1.0;
    private const double ExternalGoal = 0.5;
    private const string CoHosted = "co-hosted";
    private const string External = "external client";
    private const string Endpoint = "Kafka endpoint";

    public static async Task<int> RunAsync(int records, int rounds, string folder)
    {
        var reached = await StartsAsync();
        var rates = await RatesAsync(records, rounds, folder);
        Console.WriteLine($"{records:#,0} records of {SdkRound.RecordBytes} B, acks=all, best of {rounds} each; none lost, none out of order:");
        foreach (var (what, measured) in rates)
        {
            Measurement.Note(what, measured.Max() / 1e6, "M/s");
        }

        foreach (var way in new[] { "produce", "consume" })
        {
            var endpoint = rates[$"{way}, {Endpoint}"].Max();
            reached &= Measurement.Report($"{way}: {CoHosted} / {Endpoint}", rates[$"{way}, {CoHosted}"].Max() / endpoint, "", CoHostedGoal);
            reached &= Measurement.Report($"{way}: {External} / {Endpoint}", rates[$"{way}, {External}"].Max() / endpoint, "", ExternalGoal);
        }

        return reached & await CallersAsync() ? 0 : 1;
    }

    /// <summary>From nothing to a broker in this process that takes records.</summary>
    private static async Task<bool> StartsAsync()
    {
        Console.WriteLine("Test clusters, until ready:");
        var before = Environment.CpuUsage.TotalTime;
        Measurement.Note("one broker, the first of the process", await StartAsync(1), "ms");
        Measurement.Note("  of which in the processors", (Environment.CpuUsage.TotalTime - before).TotalMilliseconds, "ms");
        var one = new List<double>();
        var three = new List<double>();
        for (var i = 0; i < Starts; i++)
        {
            one.Add(await StartAsync(1));
            three.Add(await StartAsync(3));
        }

        Measurement.Note("three brokers, median", Measurement.Median(three), "ms");
        return Measurement.Report("one broker, median", Measurement.Median(one), "ms", StartGoal, atLeast: false);
    }

    private static async Task<double> StartAsync(int brokers)
    {
        var start = Stopwatch.GetTimestamp();
        await using var cluster = await StreamingTestCluster.StartAsync(options => options.Brokers = brokers);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static async Task<Dictionary<string, List<double>>> RatesAsync(int records, int rounds, string folder)
    {
        var rates = new Dictionary<string, List<double>>();
        var load = await LoadClient.BuildAsync();
        var data = Path.Combine(folder, $"ostream-bench-{Guid.NewGuid():N}");
        await using var broker = await ServedProcess.StartBrokerAsync(data, ServedProcess.FreePort());
        await using var external = ExternalClient.Start(Path.Combine(data, "cluster"));
        await using var cluster = await StreamingTestCluster.StartAsync();
        for (var round = -1; round < rounds; round++)
        {
            // The first one only warms everything up.
            var count = round < 0 ? records / 5 : records;
            var topic = $"endpoint-{round + 1}";
            var endpoint = (
                await load.ProduceAsync(broker.Bootstrap, topic, count, SdkRound.RecordBytes, "all"),
                await load.ConsumeAsync(broker.Bootstrap, topic, count));
            var beside = await SdkRound.RunAsync(cluster.Client, count);
            var outside = await external.RoundAsync(count);
            if (round >= 0)
            {
                Add(rates, Endpoint, endpoint);
                Add(rates, CoHosted, beside);
                Add(rates, External, outside);
            }
        }

        return rates;
    }

    /// <summary>Callers that each await every one of their records before the next.</summary>
    private static async Task<bool> CallersAsync()
    {
        const int Each = 400;
        await using var cluster = await StreamingTestCluster.StartAsync();
        await cluster.Admin.CreateTopicAsync(new NewTopic("calls") { PartitionCount = Endpoints.NullBroker.Partitions });
        await using var producer = cluster.Client.CreateProducer<int, byte[]>();
        await CallAsync(producer, Each / 10);
        var start = Stopwatch.GetTimestamp();
        var latencies = await CallAsync(producer, Each);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Array.Sort(latencies);
        Console.WriteLine($"{Callers} callers, each awaiting every record of {CallerBytes} B, acks=all:");
        Measurement.Note("median", latencies[latencies.Length / 2], "ms");
        Measurement.Note("99 %", latencies[(int)(latencies.Length * 0.99)], "ms");
        return Measurement.Report("records a second", latencies.Length / seconds, "1/s", CallsGoal);
    }

    private static async Task<double[]> CallAsync(IProducer<int, byte[]> producer, int each)
    {
        var all = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var latencies = new double[each];
            var value = new byte[CallerBytes];
            for (var i = 0; i < each; i++)
            {
                var start = Stopwatch.GetTimestamp();
                await producer.ProduceAsync("calls", caller, value);
                latencies[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }

            return latencies;
        })));
        return [.. all.SelectMany(latencies => latencies)];
    }

    private static void Add(Dictionary<string, List<double>> rates, string who, (double Produced, double Consumed) measured)
    {
        foreach (var (way, rate) in new[] { ("produce", measured.Produced), ("consume", measured.Consumed) })
        {
            if (!rates.TryGetValue($"{way}, {who}", out var all))
            {
                rates[$"{way}, {who}"] = all = [];
            }

            all.Add(rate);
        }
    }
}
