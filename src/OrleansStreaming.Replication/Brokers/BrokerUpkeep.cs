using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Configs;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Compaction;
using OrleansStreaming.Replication.Replicas;
using OrleansStreaming.Storage.Directories;

namespace OrleansStreaming.Replication.Brokers;

/// <summary>What a broker does by the clock: retention, compaction, scrubbing, and the checkpoints that keep recovery short.</summary>
internal sealed partial class BrokerUpkeep(
    LocalReplicas replicas,
    LogCleaner cleaner,
    LogScrubber scrubber,
    IOptions<BrokerOptions> options,
    TimeProvider time,
    ILogger<BrokerUpkeep> logger)
{
    private readonly BrokerConfigLayers _layers = new() { Static = new Dictionary<string, string>(options.Value.Configs) };
    private Dictionary<TopicPartition, Offset> _written = [];

    /// <summary>Runs until cancelled.</summary>
    public Task RunAsync(LogDirectory directory, CancellationToken stopping) => Task.WhenAll(
        cleaner.RunAsync(directory, stopping),
        scrubber.RunAsync(directory, stopping),
        EveryAsync("log.retention.check.interval.ms", ApplyRetention, stopping),
        EveryAsync("log.flush.offset.checkpoint.interval.ms", directory.WriteCheckpoints, stopping),
        EveryAsync("replica.high.watermark.checkpoint.interval.ms", () => WriteHighWatermarks(directory), stopping));

    public void ApplyRetention()
    {
        foreach (var replica in replicas.Open)
        {
            try
            {
                if (replica.ApplyRetention() is > 0 and var count)
                {
                    LogDeletedSegments(logger, replica.Partition, count, replica.Status.LogStart);
                }
            }
            catch (IOException exception)
            {
                LogFailed(logger, exception);
            }
        }
    }

    /// <summary>Writes the replication checkpoint when a high watermark moved since it was last written.</summary>
    public void WriteHighWatermarks(LogDirectory directory)
    {
        var present = replicas.Open.Select(replica => KeyValuePair.Create(replica.Partition, replica.Status.HighWatermark));
        var current = present.ToDictionary();
        if (current.Count != _written.Count || current.Any(entry => _written.GetValueOrDefault(entry.Key, Offset.None) != entry.Value))
        {
            directory.WriteHighWatermarks(present);
            _written = current;
        }
    }

    private async Task EveryAsync(string config, Action work, CancellationToken stopping)
    {
        var period = long.Parse(EffectiveConfigs.BrokerValue(config, _layers)!, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(Math.Clamp(period, 1, int.MaxValue)), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                try
                {
                    work();
                }
                catch (IOException exception)
                {
                    LogFailed(logger, exception);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The broker stops.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Retention deleted {Count} segments of {Partition}, which now starts at {LogStart}")]
    private static partial void LogDeletedSegments(ILogger logger, TopicPartition partition, int count, Offset logStart);

    [LoggerMessage(Level = LogLevel.Error, Message = "Upkeep of the logs failed; it is tried again")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
