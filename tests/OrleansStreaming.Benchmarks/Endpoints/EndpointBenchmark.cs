using OrleansStreaming.Benchmarks.Processes;

namespace OrleansStreaming.Benchmarks.Endpoints;

/// <summary>What storing costs beside receiving: the broker's produce rate as a share of the null broker's, in turns.</summary>
internal static class EndpointBenchmark
{
    private const double Goal = 0.70;
    private const int RecordBytes = 1024;

    public static async Task<int> RunAsync(int mebibytes, int rounds, string folder)
    {
        var client = await LoadClient.BuildAsync();
        var count = (long)mebibytes * 1024;
        var nullRates = new List<double>();
        var rates = new List<double>();
        await using (var nothing = await ServedProcess.StartNullBrokerAsync())
        await using (var broker = await ServedProcess.StartBrokerAsync(folder))
        {
            await client.ProduceAsync(nothing.Bootstrap, NullBroker.Topic, count / 4, RecordBytes, "1"); // both compilers get warm
            await client.ProduceAsync(broker.Bootstrap, "warm", count / 4, RecordBytes, "1");
            for (var round = 0; round < rounds; round++)
            {
                nullRates.Add(await client.ProduceAsync(nothing.Bootstrap, NullBroker.Topic, count, RecordBytes, "1"));
                PageCache.Warm(folder, 1.2 * mebibytes);
                rates.Add(await client.ProduceAsync(broker.Bootstrap, $"bench-{round}", count, RecordBytes, "1"));
            }
        }

        Console.WriteLine($"Records of {RecordBytes} B, acks=1, {mebibytes} MiB a run, best of {rounds} each:");
        var megabytes = RecordBytes / 1e6;
        Measurement.Note("null broker", nullRates.Max() * megabytes, "MB/s");
        Measurement.Note("broker", rates.Max() * megabytes, "MB/s");
        return Measurement.Report("broker / null broker", rates.Max() / nullRates.Max(), "", Goal) ? 0 : 1;
    }
}
