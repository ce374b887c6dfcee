using OrleansStreaming.Records.Compression;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Compaction;
using OrleansStreaming.Storage.Segments;

namespace OrleansStreaming.Storage.Logs;

/// <summary>
/// One compaction of a log: collects the keys of the dirty part, then goes through all segments from the log's start, group by
/// group, and puts a smaller one in the place of each group. The groups go in their order, and the first failure ends the run: a
/// tombstone may only go when all that it deletes is gone.
/// </summary>
internal sealed class CompactionRun(PartitionLog log, Cleaner cleaner, Offset lastStable, CancellationToken cancellationToken) : IDisposable
{
    private readonly CheckedBatches _batches = new(cleaner.Options.IoBufferBytes, cleaner.Pace);
    private CompactionScope? _scope;
    private long _bytesWritten;
    private long _recordsRead;
    private long _recordsKept;
    private string? _refusal;

    public static CompactionResult NothingToDo(Offset cleanedTo) =>
        new(CompactionOutcome.NothingToDo, null, cleanedTo, 0, 0, 0, 0);

    public async Task<CompactionResult> RunAsync()
    {
        try
        {
            // A key's old record may be on the platter, its new one not yet: a power cut must not take both.
            if (log.FlushedTo < lastStable)
            {
                await log.FlushAsync();
            }

            _scope = log.TakeForCompaction(lastStable);
            return _scope is null ? NothingToDo(log.CleanedTo) : await RunAsync(_scope);
        }
        catch (SegmentDamagedException e)
        {
            log.NoteDamage(e);
            return Result(CompactionOutcome.Damaged, e.Message);
        }
        catch (IOException e)
        {
            return Result(CompactionOutcome.Failed, e.Message);
        }
        catch (CompressionLibraryMissingException e)
        {
            return Result(CompactionOutcome.Unsupported, e.Message);
        }
    }

    public void Dispose()
    {
        _batches.Dispose();
        Array.ForEach(_scope?.Segments ?? [], x => x.Release());
    }

    private async Task<CompactionResult> RunAsync(CompactionScope scope)
    {
        var map = cleaner.NewMap();
        await CollectKeysAsync(scope, map);
        var end = map.LatestOffset + 1;
        if (_refusal is null && end <= scope.FirstDirty)
        {
            _refusal = "One batch has more keys than fit into log.cleaner.dedupe.buffer.size.";
        }

        if (_refusal is not null)
        {
            return Result(CompactionOutcome.Unsupported, _refusal);
        }

        var dirty = Array.FindAll(scope.Segments, x => x.BaseOffset < end);
        var transactions = new CleanedTransactions(scope.Aborted);
        foreach (var group in SegmentGroups.Of(dirty, scope.End, scope.Options.SegmentBytes, scope.Options.SegmentIndexBytes))
        {
            if (!await TryCleanAsync(scope, group, map, transactions))
            {
                return _refusal is null ? Result(CompactionOutcome.Superseded, null) : Result(CompactionOutcome.Unsupported, _refusal);
            }
        }

        log.EndCompaction(end, scope.Truncations);
        return Result(CompactionOutcome.Cleaned, null);
    }

    private async Task CollectKeysAsync(CompactionScope scope, KeyOffsetMap map)
    {
        var collector = new KeyCollector(map, new CleanedTransactions(scope.Aborted), scope.FirstDirty);
        foreach (var segment in scope.Segments)
        {
            var end = scope.EndOf(segment);
            if (end <= scope.FirstDirty)
            {
                continue;
            }

            var start = segment.Locate(scope.FirstDirty, segment.Size)?.Position ?? segment.Size;
            if (!await _batches.RunAsync(segment, start, segment.Size, scope.OrderOf(segment), collector, cancellationToken))
            {
                _refusal = collector.Refusal;
                return;
            }

            // Whatever lies between the last batch and the next segment is gone already.
            map.LatestOffset = end - 1;
        }
    }

    private async Task<bool> TryCleanAsync(CompactionScope scope, Segment[] group, KeyOffsetMap map, CleanedTransactions transactions)
    {
        if (log.BeginReplacement(group[0], group[^1].CreatedAt) is not { } cleaned)
        {
            return false;
        }

        try
        {
            using var pass = new SegmentCleaner(
                cleaned, map, transactions, scope.Rules, scope.Options.IndexIntervalBytes, cleaner.Options.IoBufferBytes);
            foreach (var segment in group)
            {
                if (log.IsClosed
                    || !await _batches.RunAsync(segment, 0, segment.Size, scope.OrderOf(segment), pass, cancellationToken))
                {
                    _refusal = pass.Refusal;
                    return false;
                }
            }

            _recordsRead += pass.RecordsRead;
            _recordsKept += pass.RecordsKept;
            _bytesWritten += cleaned.Size;
            cleaned.Seal();
            cleaned.SyncAll();
            cleaned.CloseIdleFiles();
            return log.TryReplace(cleaned, group, scope.Truncations);
        }
        finally
        {
            log.DropReplacement(cleaned);
        }
    }

    private CompactionResult Result(CompactionOutcome outcome, string? message) =>
        new(outcome, message, log.CleanedTo, _batches.BytesRead, _bytesWritten, _recordsRead, _recordsKept);
}
