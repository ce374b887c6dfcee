namespace OrleansStreaming.Cli.Measuring;

/// <summary>What a measurement found; the same whichever way the cluster was reached.</summary>
/// <param name="Test">produce, consume or latency.</param>
/// <param name="Records">Acknowledged or read.</param>
/// <param name="Failed">Not acknowledged.</param>
/// <param name="MibPerSecond">Of values.</param>
/// <param name="Latency">Absent where none is measured.</param>
/// <param name="Error">The first failure; absent without any.</param>
internal sealed record PerfReport(
    string Test,
    string Topic,
    long Records,
    long Failed,
    long Bytes,
    double Seconds,
    double RecordsPerSecond,
    double MibPerSecond,
    LatencyFigures? Latency,
    string? Error)
{
    private const double Mib = 1024 * 1024;

    public static PerfReport Of(string test, string topic, long records, long failed, long bytes, TimeSpan elapsed, LatencyHistogram? latencies, string? error)
    {
        var seconds = Math.Max(elapsed.TotalSeconds, 1e-6);
        return new PerfReport(
            test,
            topic,
            records,
            failed,
            bytes,
            Math.Round(seconds, 3),
            Math.Round(records / seconds, 1),
            Math.Round(bytes / Mib / seconds, 3),
            latencies is null ? null : LatencyFigures.Of(latencies),
            error);
    }
}

/// <summary>Latencies in milliseconds.</summary>
internal sealed record LatencyFigures(double Mean, double P50, double P90, double P95, double P99, double P999, double Max)
{
    public static LatencyFigures Of(LatencyHistogram latencies)
    {
        return new LatencyFigures(Ms(latencies.Mean), At(50), At(90), At(95), At(99), At(99.9), Ms(latencies.Max));

        double At(double percent) => Ms(latencies.Percentile(percent));

        static double Ms(TimeSpan duration) => Math.Round(duration.TotalMilliseconds, 3);
    }
}
