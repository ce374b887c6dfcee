using System.Globalization;
using OrleansStreaming.Benchmarks.Processes;

namespace OrleansStreaming.Benchmarks.Clusters;

/// <summary>
/// Three brokers on this machine under one librdkafka client: what replication costs beside none in the same run, and what a
/// cluster costs that nobody uses. Three brokers and the client share the cores, so only the ratios tell; what the same bytes cost
/// that are sent and written thrice by C programs of a few lines, <c>native/copies.c</c>, is told beside them.
/// </summary>
internal static class ClusterBenchmark
{
    private const int RecordBytes = 1024;
    private const int DefaultLinger = 5;
    private const int IdleTopics = 10;
    private const int IdlePartitions = 100;
    private static readonly TimeSpan _idleTime = TimeSpan.FromSeconds(20);

    public static async Task<int> RunAsync(int mebibytes, int rounds, string folder)
    {
        var client = await LoadClient.BuildAsync();
        var home = Directory.CreateDirectory(Path.Combine(folder, $"ostream-bench-{Guid.NewGuid():N}")).FullName;
        var members = new List<ServedProcess>();
        try
        {
            for (var id = 1; id <= 3; id++)
            {
                members.Add(await ServedProcess.StartMemberAsync(home, id));
            }

            var bootstrap = string.Join(',', members.Select(member => member.Bootstrap));
            return await LoadAsync(client, bootstrap, members, mebibytes, rounds, folder) + await IdleAsync(client, bootstrap, members) == 0 ? 0 : 1;
        }
        finally
        {
            foreach (var member in members)
            {
                await member.DisposeAsync();
            }

            Directory.Delete(home, recursive: true);
        }
    }

    private static async Task<int> LoadAsync(LoadClient client, string bootstrap, List<ServedProcess> members, int mebibytes, int rounds, string folder)
    {
        await client.CreateTopicAsync(bootstrap, "one", 6, 1);
        await client.CreateTopicAsync(bootstrap, "three", 6, 3);
        await client.ProduceAsync(bootstrap, "one", 50_000, RecordBytes, "1");
        await client.ProduceAsync(bootstrap, "three", 50_000, RecordBytes, "all");

        var count = mebibytes * 1024L * 1024 / RecordBytes;
        var one = new List<double>();
        var three = new List<double>();
        var oneCpu = new List<double>();
        var threeCpu = new List<double>();
        var plainOne = new List<double>();
        var plainThree = new List<double>();
        var copies = await NativeProgram.BuildAsync("copies");
        for (var round = 0; round < rounds; round++)
        {
            PageCache.Warm(folder, 1.2 * mebibytes);
            var atFirst = members.Sum(Used);
            one.Add(await client.ProduceAsync(bootstrap, "one", count, RecordBytes, "1"));
            oneCpu.Add(members.Sum(Used) - atFirst);
            PageCache.Warm(folder, 3.4 * mebibytes);
            var afterwards = members.Sum(Used);
            three.Add(await client.ProduceAsync(bootstrap, "three", count, RecordBytes, "all"));
            threeCpu.Add(members.Sum(Used) - afterwards);
            plainOne.Add(await PlainAsync(1));
            plainThree.Add(await PlainAsync(3));
        }

        Console.WriteLine($"Records of {RecordBytes} B, 6 partitions, {mebibytes} MiB a run, {rounds} runs:");
        Measurement.Note("acks=1 on 1 replica", Measurement.Median(one) * RecordBytes / 1e6, "MB/s");
        Measurement.Note("acks=all on 3 replicas", Measurement.Median(three) * RecordBytes / 1e6, "MB/s");
        var gigabytes = count * RecordBytes / 1e9;
        Measurement.Note("acks=1, CPU of the brokers per GB", Measurement.Median(oneCpu) / gigabytes, "s");
        Measurement.Note("acks=all, CPU of the brokers per GB", Measurement.Median(threeCpu) / gigabytes, "s");
        Measurement.Note("no broker, one copy", gigabytes * 1e3 / Measurement.Median(plainOne), "MB/s");
        Measurement.Note("no broker, three copies", gigabytes * 1e3 / Measurement.Median(plainThree), "MB/s");
        Measurement.Note("no broker, three copies / one copy", Measurement.Median(plainOne) / Measurement.Median(plainThree), "");
        var missed = Missed(Measurement.Report("acks=all / acks=1", Measurement.Median(three) / Measurement.Median(one), "", 0.5));

        var rate = Measurement.Median(three) / 10;
        Console.WriteLine($"At a tenth of that rate, {rate:#,0} records/s, with the client's own linger of {DefaultLinger} ms:");
        missed += Missed(Measurement.Report("99th percentile, acks=all / acks=1", await LatencyRatioAsync(DefaultLinger), "", 2, atLeast: false));
        Console.WriteLine("Every record sent as soon as it can be, for which two cores are hardly enough:");
        Measurement.Note("99th percentile, acks=all / acks=1", await LatencyRatioAsync(0), "");
        return missed;

        async Task<double> PlainAsync(int count)
        {
            PageCache.Warm(folder, 1.2 * count * mebibytes);
            return double.Parse(await copies.RunAsync(folder, $"{mebibytes}", $"{count}"), CultureInfo.InvariantCulture);
        }

        async Task<double> LatencyRatioAsync(int linger)
        {
            var one = await MediansAsync("one", "1", linger);
            var three = await MediansAsync("three", "all", linger);
            Measurement.Note("acks=1, median", one.Median * 1e3, "ms");
            Measurement.Note("acks=1, 99th percentile", one.Percentile99 * 1e3, "ms");
            Measurement.Note("acks=all, median", three.Median * 1e3, "ms");
            Measurement.Note("acks=all, 99th percentile", three.Percentile99 * 1e3, "ms");
            return three.Percentile99 / one.Percentile99;
        }

        async Task<(double Median, double Percentile99)> MediansAsync(string topic, string acks, int linger)
        {
            var measured = new List<(double Median, double Percentile99)>();
            for (var round = 0; round < rounds; round++)
            {
                measured.Add(await client.LatencyAsync(bootstrap, topic, (long)(rate * 5), RecordBytes, acks, rate, linger));
            }

            return (Measurement.Median(measured.Select(run => run.Median)), Measurement.Median(measured.Select(run => run.Percentile99)));
        }
    }

    private static async Task<int> IdleAsync(LoadClient client, string bootstrap, List<ServedProcess> members)
    {
        for (var topic = 0; topic < IdleTopics; topic++)
        {
            await client.CreateTopicAsync(bootstrap, $"idle-{topic}", IdlePartitions, 3);
        }

        await Task.Delay(TimeSpan.FromSeconds(10));
        var before = members.Select(Used).ToArray();
        await Task.Delay(_idleTime);
        Console.WriteLine($"Idle, {IdleTopics * IdlePartitions:#,0} partitions of 3 replicas:");
        var missed = 0;
        for (var i = 0; i < members.Count; i++)
        {
            missed += Missed(Measurement.Report($"broker {i + 1}, of a core", (Used(members[i]) - before[i]) / _idleTime.TotalSeconds * 100, "%", 2, atLeast: false));
            missed += Missed(Measurement.Report($"broker {i + 1}, memory", members[i].ResidentMiB, "MiB", 300, atLeast: false));
        }

        return missed;
    }

    private static double Used(ServedProcess member) => member.Cpu.User + member.Cpu.System;

    private static int Missed(bool isReached) => isReached ? 0 : 1;
}
