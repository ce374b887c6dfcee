using Microsoft.Extensions.Logging;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Devices;
using OrleansStreaming.Storage.Directories;
using OrleansStreaming.Storage.Logs;

namespace OrleansStreaming.Replication.Compaction;

/// <summary>
/// Reads segments again, slowly, to find what the disk has forgotten before somebody needs it, and tells operators of damage
/// that reads or scrubs have found. Configs of this project's own: <c>log.scrub.interval.ms</c> and
/// <c>log.scrub.io.max.bytes.per.second</c>.
/// </summary>
internal sealed partial class LogScrubber(
    CompactionMetrics metrics, LiveCleanerSettings settings, TimeProvider time, ILogger<LogScrubber> logger)
{
    private static readonly TimeSpan _lookInterval = TimeSpan.FromSeconds(5);

    private HashSet<LogCorruption> _told = [];

    /// <summary>Runs until cancelled.</summary>
    public Task RunAsync(LogDirectory directory, CancellationToken stopping) => Task.WhenAll(
        EveryAsync(_lookInterval, () => Task.FromResult(TellCorruption(directory)), stopping),
        settings.Current.ScrubInterval is { } interval
            ? EveryAsync(interval, () => ScrubAsync(directory, stopping), stopping)
            : Task.CompletedTask);

    /// <summary>Goes through all logs once.</summary>
    public async Task<bool> ScrubAsync(LogDirectory directory, CancellationToken stopping)
    {
        var pace = new IoPace(settings.Current.ScrubBytesPerSecond, time);
        foreach (var log in directory.OpenLogs)
        {
            metrics.Scrubbed(await log.ScrubAsync(pace, stopping));
        }

        return TellCorruption(directory);
    }

    /// <summary>Counts the damaged logs and tells of each damage once; true when there is any.</summary>
    public bool TellCorruption(LogDirectory directory)
    {
        var found = new HashSet<LogCorruption>();
        foreach (var log in directory.OpenLogs)
        {
            if (log.Corruption is { } corruption && found.Add(corruption) && !_told.Contains(corruption))
            {
                LogCorrupted(logger, log.Partition, corruption.Message);
            }
        }

        _told = found;
        metrics.Corrupted(found.Count);
        return found.Count > 0;
    }

    private async Task EveryAsync(TimeSpan interval, Func<Task> work, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(interval < TimeSpan.FromDays(40) ? interval : TimeSpan.FromDays(40), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                await work();
            }
        }
        catch (OperationCanceledException)
        {
            // The broker stops.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Partition} is damaged, which is not served: {Damage}")]
    private static partial void LogCorrupted(ILogger logger, TopicPartition partition, string damage);
}
