using System.Diagnostics;
using System.Globalization;
using OrleansStreaming.Benchmarks.Endpoints;

namespace OrleansStreaming.Benchmarks.Processes;

/// <summary>The C load generator on librdkafka, compiled when it is first needed (gcc and librdkafka-dev).</summary>
internal sealed class LoadClient
{
    private readonly string _program;

    private LoadClient(string program) => _program = program;

    /// <exception cref="InvalidOperationException">It does not compile; the message shows why.</exception>
    public static async Task<LoadClient> BuildAsync()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "bench")).FullName;
        var program = Path.Combine(folder, "client");
        var source = Path.Combine(AppContext.BaseDirectory, "native", "client.c");
        if (!File.Exists(program) || File.GetLastWriteTimeUtc(program) < File.GetLastWriteTimeUtc(source))
        {
            try
            {
                await RunAsync("gcc", ["-O2", source, "-o", program, "-lrdkafka"]);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"The load generator needs gcc and librdkafka-dev: {failure.Message}", failure);
            }
        }

        return new LoadClient(program);
    }

    /// <returns>Records per second, until the last acknowledgement.</returns>
    public async Task<double> ProduceAsync(string bootstrap, string topic, long count, int bytes, string acks) =>
        count / await SecondsAsync("produce", bootstrap, topic, Text(NullBroker.Partitions), Text(count), Text(bytes), acks);

    /// <returns>Records per second, until the last record.</returns>
    public async Task<double> ConsumeAsync(string bootstrap, string topic, long count) =>
        count / await SecondsAsync("consume", bootstrap, topic, Text(NullBroker.Partitions), Text(count));

    /// <returns>Seconds until one record of a new topic is acknowledged.</returns>
    public Task<double> FirstAckAsync(string bootstrap, string topic) => SecondsAsync("first-ack", bootstrap, topic);

    /// <summary>Produces at a steady rate.</summary>
    /// <returns>Median and 99th percentile in seconds, from when each record was to be sent to its acknowledgement.</returns>
    public async Task<(double Median, double Percentile99)> LatencyAsync(string bootstrap, string topic, long count, int bytes, string acks, double rate)
    {
        var output = await RunAsync(
            _program, ["latency", bootstrap, topic, Text(NullBroker.Partitions), Text(count), Text(bytes), acks, rate.ToString(CultureInfo.InvariantCulture)]);
        var numbers = output.Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        return (numbers[0], numbers[1]);
    }

    /// <returns>Seconds until the topic is created.</returns>
    public Task<double> CreateTopicAsync(string bootstrap, string topic, int partitions, int replication) =>
        SecondsAsync("create", bootstrap, topic, Text(partitions), Text(replication));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task<double> SecondsAsync(params string[] arguments) =>
        double.Parse(await RunAsync(_program, arguments), CultureInfo.InvariantCulture);

    private static async Task<string> RunAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{Path.GetFileName(program)}: {await errors}");
    }
}
