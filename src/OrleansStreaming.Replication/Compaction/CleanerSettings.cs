using System.Globalization;
using OrleansStreaming.Contracts.Configs;
using OrleansStreaming.Storage.Compaction;

namespace OrleansStreaming.Replication.Compaction;

/// <summary>A broker's <c>log.cleaner.*</c> and <c>log.scrub.*</c> configs.</summary>
internal sealed record CleanerSettings
{
    public bool IsEnabled { get; init; } = true;

    public int Threads { get; init; } = 1;

    public TimeSpan Backoff { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Of all threads together.</summary>
    public double BytesPerSecond { get; init; } = double.MaxValue;

    /// <summary>Of one thread.</summary>
    public CleanerOptions Cleaner { get; init; } = CleanerOptions.Default;

    /// <summary>Between two scrubs of the same log; null for none.</summary>
    public TimeSpan? ScrubInterval { get; init; }

    public double ScrubBytesPerSecond { get; init; } = double.MaxValue;

    public static CleanerSettings From(BrokerConfigLayers layers)
    {
        var threads = (int)Number("log.cleaner.threads");
        return new CleanerSettings
        {
            IsEnabled = bool.Parse(Text("log.cleaner.enable")),
            Threads = threads,
            Backoff = TimeSpan.FromMilliseconds(Math.Max(1, Number("log.cleaner.backoff.ms"))),
            BytesPerSecond = Real("log.cleaner.io.max.bytes.per.second"),
            Cleaner = new CleanerOptions
            {
                DedupeBufferBytes = Number("log.cleaner.dedupe.buffer.size") / Math.Max(1, threads),
                LoadFactor = Real("log.cleaner.io.buffer.load.factor"),
                IoBufferBytes = (int)Number("log.cleaner.io.buffer.size"),
            },
            ScrubInterval = Number("log.scrub.interval.ms") is > 0 and var milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null,
            ScrubBytesPerSecond = Real("log.scrub.io.max.bytes.per.second"),
        };

        string Text(string name) => EffectiveConfigs.BrokerValue(name, layers)!;

        long Number(string name) => long.Parse(Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

        double Real(string name) => double.Parse(Text(name), NumberStyles.Float, CultureInfo.InvariantCulture);
    }
}
