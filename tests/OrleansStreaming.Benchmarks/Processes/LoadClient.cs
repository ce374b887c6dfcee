using System.Globalization;
using OrleansStreaming.Benchmarks.Endpoints;

namespace OrleansStreaming.Benchmarks.Processes;

/// <summary>The C load generator on librdkafka, see <see cref="NativeProgram"/>.</summary>
internal sealed class LoadClient
{
    private readonly NativeProgram _program;

    private LoadClient(NativeProgram program) => _program = program;

    /// <inheritdoc cref="NativeProgram.BuildAsync"/>
    public static async Task<LoadClient> BuildAsync() => new(await NativeProgram.BuildAsync("client", "rdkafka"));

    /// <returns>Records per second, until the last acknowledgement.</returns>
    public async Task<double> ProduceAsync(string bootstrap, string topic, long count, int bytes, string acks) =>
        count / await SecondsAsync("produce", bootstrap, topic, Text(NullBroker.Partitions), Text(count), Text(bytes), acks);

    /// <returns>Records per second, until the last record.</returns>
    public async Task<double> ConsumeAsync(string bootstrap, string topic, long count) =>
        count / await SecondsAsync("consume", bootstrap, topic, Text(NullBroker.Partitions), Text(count));

    /// <returns>Seconds until one record of a new topic is acknowledged.</returns>
    public Task<double> FirstAckAsync(string bootstrap, string topic) => SecondsAsync("first-ack", bootstrap, topic);

    /// <summary>Produces at a steady rate.</summary>
    /// <param name="linger">How long the client gathers records for a request, in ms; its default is 5.</param>
    /// <returns>Median and 99th percentile in seconds, from when each record was to be sent to its acknowledgement.</returns>
    public async Task<(double Median, double Percentile99)> LatencyAsync(string bootstrap, string topic, long count, int bytes, string acks, double rate, int linger)
    {
        var output = await _program.RunAsync(
            "latency", bootstrap, topic, Text(NullBroker.Partitions), Text(count), Text(bytes), acks, rate.ToString(CultureInfo.InvariantCulture), Text(linger));
        var numbers = output.Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        return (numbers[0], numbers[1]);
    }

    /// <returns>Seconds until the topic is created.</returns>
    public Task<double> CreateTopicAsync(string bootstrap, string topic, int partitions, int replication) =>
        SecondsAsync("create", bootstrap, topic, Text(partitions), Text(replication));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task<double> SecondsAsync(params string[] arguments) =>
        double.Parse(await _program.RunAsync(arguments), CultureInfo.InvariantCulture);
}
