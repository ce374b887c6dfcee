using Microsoft.Extensions.Logging;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Replicas;
using OrleansStreaming.Storage.Compaction;
using OrleansStreaming.Storage.Devices;
using OrleansStreaming.Storage.Directories;
using OrleansStreaming.Storage.Logs;

namespace OrleansStreaming.Replication.Compaction;

/// <summary>
/// Compacts the logs on this broker, leaders and followers alike, the dirtiest first. Beside appends and reads: a replica's gate is
/// never taken, the log's own only while segments are swapped.
/// </summary>
internal sealed partial class LogCleaner(
    LocalReplicas replicas,
    DirtyLogs logs,
    CompactionMetrics metrics,
    LiveCleanerSettings settings,
    TimeProvider time,
    Random random,
    ILogger<LogCleaner> logger)
{
    /// <summary>
    /// Runs until cancelled. The rate holds from the next look at the configs on, everything else from a cleaner's next log on; the
    /// looks are <c>log.cleaner.backoff.ms</c> apart.
    /// </summary>
    public async Task RunAsync(LogDirectory directory, CancellationToken stopping)
    {
        if (!settings.Current.IsEnabled)
        {
            return;
        }

        var pace = new IoPace(settings.Current.BytesPerSecond, time);
        var threads = new List<Task>();
        while (!stopping.IsCancellationRequested)
        {
            var current = settings.Current;
            pace.Change(current.BytesPerSecond);
            for (var thread = 0; thread < current.Threads; thread++)
            {
                if (thread == threads.Count)
                {
                    threads.Add(Task.CompletedTask);
                }

                if (threads[thread].IsCompleted)
                {
                    var number = thread;
                    threads[thread] = Task.Run(() => RunAsync(directory, number, pace, stopping), CancellationToken.None);
                }
            }

            await Task.Delay(current.Backoff, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(threads);
    }

    /// <summary>Compacts the dirtiest log that is due; false when none is.</summary>
    public async Task<bool> TryCleanOneAsync(LogDirectory directory, Cleaner cleaner, CancellationToken stopping)
    {
        if (logs.Take(OpenLogs(directory)) is not var (log, lastStable))
        {
            return false;
        }

        CompactionResult? result = null;
        try
        {
            var started = time.GetTimestamp();
            result = await log.CompactAsync(lastStable, cleaner, stopping);
            metrics.Compacted(result, time.GetElapsedTime(started));
            Tell(log.Partition, result);
        }
        finally
        {
            logs.Return(log, result);
        }

        return true;
    }

    /// <summary>One cleaner, until it is one too many.</summary>
    private async Task RunAsync(LogDirectory directory, int thread, IoPace pace, CancellationToken stopping)
    {
        Cleaner? cleaner = null;
        CleanerOptions? made = null;
        while (!stopping.IsCancellationRequested && settings.Current is var current && thread < current.Threads)
        {
            if (cleaner is null || made != current.Cleaner)
            {
                cleaner = new Cleaner(made = current.Cleaner, pace, new Random(random.Next()));
            }

            try
            {
                if (!await TryCleanOneAsync(directory, cleaner, stopping))
                {
                    await Task.Delay(current.Backoff, time, stopping);
                    logs.BeginRound();
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // One bad log must not end the compaction of all others.
                LogUnexpected(logger, exception);
                await Task.Delay(current.Backoff, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Without a replica, between its opening and its role, nothing is known to be committed.</summary>
    private List<(PartitionLog Log, Offset LastStable)> OpenLogs(LogDirectory directory)
    {
        var open = new List<(PartitionLog, Offset)>();
        foreach (var log in directory.OpenLogs)
        {
            if (replicas.Find(log.Partition)?.Status.LastStable is { } lastStable)
            {
                open.Add((log, lastStable));
            }
        }

        return open;
    }

    private void Tell(TopicPartition partition, CompactionResult result)
    {
        switch (result.Outcome)
        {
            case CompactionOutcome.Cleaned:
                LogCleaned(logger, partition, result.CleanedTo, result.RecordsRead, result.RecordsKept);
                break;
            case CompactionOutcome.Damaged or CompactionOutcome.Unsupported:
                LogUncleanable(logger, partition, result.Message);
                break;
            case CompactionOutcome.Failed:
                LogFailed(logger, partition, result.Message);
                break;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Compacted {Partition} up to {CleanedTo}: {RecordsKept} of {RecordsRead} records stay")]
    private static partial void LogCleaned(ILogger logger, TopicPartition partition, Offset cleanedTo, long recordsRead, long recordsKept);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Partition} cannot be compacted any more: {Reason}")]
    private static partial void LogUncleanable(ILogger logger, TopicPartition partition, string? reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Partition} was not compacted, which is tried again: {Reason}")]
    private static partial void LogFailed(ILogger logger, TopicPartition partition, string? reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Compaction failed; it is tried again")]
    private static partial void LogUnexpected(ILogger logger, Exception exception);
}
