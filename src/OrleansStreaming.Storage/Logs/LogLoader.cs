using OrleansStreaming.Storage.Compaction;
using OrleansStreaming.Storage.Devices;
using OrleansStreaming.Storage.Epochs;
using OrleansStreaming.Storage.Producers;
using OrleansStreaming.Storage.Segments;

namespace OrleansStreaming.Storage.Logs;

/// <summary>
/// Opens the files of a log. After a clean shutdown it trusts them and reads little; after a crash it checks every batch from the
/// recovery point on, cuts what is torn, and builds indexes, epochs and producer state anew.
/// </summary>
internal sealed class LogLoader(LogPlace place, LogOptions options, long recoveryPoint, long checkpointedStart, bool wasClean)
{
    private readonly SnapshotFiles _snapshots = new(place.Device, place.Directory);
    private readonly ProducerStates _producers = new();
    private readonly List<Segment> _segments = [];
    private LogRecovery? _recovery;

    // Transactions are re-read from here, because an index that would know of them is gone.
    private long _replayFrom = long.MaxValue;

    public LoadedLog Load()
    {
        var isNew = !place.Device.DirectoryExists(place.Directory);
        if (isNew)
        {
            place.Device.CreateDirectory(place.Directory);
        }

        SegmentSwap.Recover(place.Device, place.Directory);
        var files = new LogFiles(place.Device, place.Directory);
        files.RemoveLeftovers();
        foreach (var offset in files.Snapshots)
        {
            _snapshots.Add(offset);
        }

        foreach (var baseOffset in files.BaseOffsets)
        {
            var segment = new Segment(place.Device, place.Directory, baseOffset, place.Now);
            segment.Size = checked((int)Math.Min(segment.Log.Get().Length, int.MaxValue));
            _segments.Add(segment);
        }

        var epochs = new LeaderEpochHistory(LeaderEpochCheckpoint.TryRead(place.Device, place.Directory) ?? []);
        var areEpochsDirty = OpenSegments(files, epochs);
        var end = EndOfLastSegment();
        if (end < checkpointedStart)
        {
            RemoveAll();
            epochs.Clear();
            areEpochsDirty = true;
        }

        if (_segments.Count == 0)
        {
            end = AddFirstSegment();
            isNew = true;
        }

        var start = Math.Max(checkpointedStart, _segments[0].BaseOffset);

        // After a clean shutdown an epoch that began at the end, without a record yet, is still known to have begun.
        areEpochsDirty |= epochs.TruncateFromEnd(wasClean ? end + 1 : end);
        areEpochsDirty |= epochs.TruncateFromStart(start);
        var state = new LogState([.. _segments], start, end, _segments[^1].Size, Truncations: 0);
        LoadProducers(state);
        _segments.ForEach(x => x.CloseIdleFiles());
        var isTrusted = wasClean && _recovery is null;
        return new LoadedLog(
            state,
            epochs,
            areEpochsDirty,
            _producers,
            _snapshots,
            isTrusted ? end : Math.Min(recoveryPoint, end),
            AreNamesUnsynced: isNew || !isTrusted,
            _recovery);
    }

    /// <summary>Opens what can be trusted and recovers the rest; true when the epochs had to be read from the batches.</summary>
    private bool OpenSegments(LogFiles files, LeaderEpochHistory epochs)
    {
        var firstUnsure = wasClean ? _segments.Count : Math.Max(0, _segments.FindLastIndex(x => x.BaseOffset <= recoveryPoint));
        for (var i = 0; i < firstUnsure; i++)
        {
            if (!OpenTrusted(_segments[i], files, isLast: i == _segments.Count - 1))
            {
                firstUnsure = i;
            }
        }

        var areEpochsDirty = false;
        if (epochs.Entries.Length == 0)
        {
            _segments[..firstUnsure].ForEach(x => areEpochsDirty |= ReadEpochs(x, epochs));
        }
        else
        {
            areEpochsDirty |= EpochCheck.Repair(epochs, _segments[..firstUnsure]);
        }

        if (_segments.Count == 0 && recoveryPoint > checkpointedStart)
        {
            _recovery = new LogRecovery(0, 0, LostSyncedRecords: true);
        }

        if (firstUnsure < _segments.Count)
        {
            areEpochsDirty = true;
            Recover(firstUnsure, epochs);
        }

        return areEpochsDirty;
    }

    /// <summary>False when the segment must be recovered after all: the log's last batch is torn.</summary>
    private bool OpenTrusted(Segment segment, LogFiles files, bool isLast)
    {
        var hasIndexes = files.Has(segment.BaseOffset, SegmentFiles.OffsetIndex) && files.Has(segment.BaseOffset, SegmentFiles.TimeIndex);
        segment.IsSynced = hasIndexes && segment.OffsetIndex.Load(segment.Size) && segment.TimeIndex.Load();
        if (!segment.IsSynced)
        {
            segment.RebuildIndexes(options.IndexIntervalBytes);
        }

        if (!segment.TransactionIndex.Load(files.Has(segment.BaseOffset, SegmentFiles.TransactionIndex))
            || !AbortedCheck.Agrees(segment, _segments))
        {
            segment.TransactionIndex.TruncateTo(0);
            segment.IsSynced = false;
            _replayFrom = Math.Min(_replayFrom, segment.BaseOffset);
        }

        segment.Verified.DistrustUpTo(segment.Size);
        var last = segment.TimeIndex.Last();
        segment.Max = last.Timestamp >= 0 ? last : (-1, -1);
        return !isLast || segment.TryFindEnd(out _);
    }

    private void Recover(int first, LeaderEpochHistory epochs)
    {
        long scanned = 0;
        long cut = 0;
        var isTorn = false;
        epochs.TruncateFromEnd(_segments[first].BaseOffset);
        var next = _segments[first].BaseOffset;
        var epoch = -1;
        _replayFrom = Math.Min(_replayFrom, next);
        for (var i = first; i < _segments.Count; i++)
        {
            var segment = _segments[i];
            var length = segment.Size;
            segment.TransactionIndex.Load(exists: false);
            segment.TransactionIndex.TruncateTo(0);
            segment.ResetIndexes();
            segment.Verified.TruncateTo(0);
            next = Math.Max(next, segment.BaseOffset);
            SegmentScan.Run(segment.Log.Get(), length, (in header, _) =>
            {
                // What follows but belongs to an older epoch is a leftover of a truncation that did not reach the disk.
                if (header.BaseOffset < next
                    || header.LastOffset - segment.BaseOffset > int.MaxValue
                    || header.PartitionLeaderEpoch < epoch)
                {
                    return false;
                }

                segment.Add(header, options.IndexIntervalBytes);
                if (header.PartitionLeaderEpoch > epochs.LatestEpoch)
                {
                    epochs.Assign(header.PartitionLeaderEpoch, header.BaseOffset);
                }

                next = header.NextOffset;
                epoch = header.PartitionLeaderEpoch;
                return true;
            });
            segment.Seal();
            scanned += length;
            if (segment.Size < length)
            {
                isTorn = i == _segments.Count - 1 && SegmentScan.IsTorn(segment.Log.Get(), segment.Size, length);
                cut += (length - segment.Size) + _segments.Skip(i + 1).Sum(x => (long)x.Size);
                segment.CutTail();
                RemoveFrom(i + 1);
            }
        }

        _recovery = new LogRecovery(scanned, cut, LostSyncedRecords: cut > 0 && next < recoveryPoint, isTorn);
    }

    private static bool ReadEpochs(Segment segment, LeaderEpochHistory epochs)
    {
        var found = false;
        segment.VisitHeaders(0, segment.Size, (in header, _) =>
        {
            found |= header.PartitionLeaderEpoch > epochs.LatestEpoch && epochs.Assign(header.PartitionLeaderEpoch, header.BaseOffset);
            return true;
        });
        return found;
    }

    private long EndOfLastSegment()
    {
        var end = 0L;
        _ = _segments is [.., var last] && last.TryFindEnd(out end);
        return end;
    }

    private long AddFirstSegment()
    {
        var segment = new Segment(place.Device, place.Directory, checkpointedStart, place.Now) { IsSynced = false };
        segment.Log.Get().SetLength(0);
        _segments.Add(segment);
        return checkpointedStart;
    }

    private void LoadProducers(LogState state)
    {
        _snapshots.RemoveWhere(x => x > state.End);
        _snapshots.LoadNewest(_producers, state.Start, Math.Min(_replayFrom, state.End), place.Now, options.ProducerIdExpirationMs);
        ProducerReplay.Run(state, _producers);

        // Of the snapshots that belong to no segment only the newest, of the last shutdown, can still be of use.
        var newest = _snapshots.Newest;
        _snapshots.RemoveWhere(x => x != newest && !_segments.Exists(y => y.BaseOffset == x));
    }

    private void RemoveAll()
    {
        RemoveFrom(0);
        _snapshots.RemoveWhere(static _ => true);
    }

    private void RemoveFrom(int index)
    {
        for (var i = _segments.Count - 1; i >= index; i--)
        {
            _segments[i].MarkDeleted();
            _segments[i].DeleteFiles();
            _segments[i].Release();
            _segments.RemoveAt(i);
        }
    }
}
