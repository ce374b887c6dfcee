using System.Buffers;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Producers;
using OrleansStreaming.Storage.Segments;

namespace OrleansStreaming.Storage.Logs;

public sealed partial class PartitionLog
{
    private bool _isTailDirty;
    private volatile string? _writeFault;

    /// <summary>Why the log takes no more writes (full disk, failed write); null while it does.</summary>
    public string? WriteFault => _syncFault ?? _writeFault;

    /// <summary>
    /// Validates one producer batch, checks its producer state, stamps offset and epoch in place, appends. After a failed write
    /// nothing of the batch remains, and the next append tries the disk again; after a failed sync the log must be reopened.
    /// </summary>
    /// <param name="batch">Lent for the call and patched only when it is accepted.</param>
    /// <param name="epoch">Refused with FENCED_LEADER_EPOCH when the log knows a later one.</param>
    /// <param name="origin">Only a coordinator may append control records, and without sequences.</param>
    public LogAppendResult AppendAsLeader(in ReadOnlySequence<byte> batch, LeaderEpoch epoch, BatchOrigin origin = BatchOrigin.Client)
    {
        var options = _options;
        var now = _place.Now;
        var verdict = BatchValidator.Validate(batch, RulesFor(options, now, origin));
        if (!verdict.IsAccepted)
        {
            return new LogAppendResult(verdict.Error, verdict.Message, Offset.None, Offset.None, -1, false, verdict.RecordErrors);
        }

        lock (_gate)
        {
            if (RefuseLeaderAppend(batch.Length, epoch, options) is { } refusal)
            {
                return refusal;
            }

            var marker = ControlBatch.ReadMarker(verdict.Header, batch);
            var check = _producers.Check(verdict.Header, origin, marker);
            if (check.Error != ErrorCode.None)
            {
                return Refuse(check.Error, check.Message);
            }

            var isAppendTime = options.TimestampType == TimestampType.LogAppendTime;
            if (check.Duplicate is { } first)
            {
                return Accept(first.FirstOffset, first.LastOffset + 1, isAppendTime ? first.Timestamp : -1, isDuplicate: true);
            }

            var header = verdict.Header with
            {
                BaseOffset = _state.End,
                PartitionLeaderEpoch = epoch.Value,
                MaxTimestamp = isAppendTime ? now : verdict.MaxTimestamp,
            };
            try
            {
                Roll(header, batch.Length, options);
                BatchPatcher.StampOffsetAndEpoch(batch, header.BaseOffset, header.PartitionLeaderEpoch);
                BatchPatcher.StampTimestamp(
                    batch,
                    options.TimestampType,
                    header.MaxTimestamp);
                Write(batch);
            }
            catch (IOException e)
            {
                return RefuseWrite(e);
            }

            Add(header, marker, options);
            Publish(_state with { End = header.NextOffset, EndPosition = _state.Active.Size });
            return Accept(header.BaseOffset, header.NextOffset, isAppendTime ? now : -1, isDuplicate: false);
        }
    }

    /// <summary>Whether a producer's batch is here already: appending it would add nothing and answer the offsets that it has.</summary>
    public bool IsDuplicate(in ReadOnlySequence<byte> batch)
    {
        if (!BatchHeader.TryRead(batch, out var header))
        {
            return false;
        }

        lock (_gate)
        {
            return _producers.Check(header, BatchOrigin.Client, marker: null).Duplicate is not null;
        }
    }

    /// <summary>
    /// Appends batches that already carry offsets and epochs. They must not overlap what is there, nor each other; gaps are taken as
    /// they come, because a compacted log has them: who replicates names the offset that the batches follow on, and refuses them
    /// when the log does not end there. When a write fails in the middle of a run that spans segments, the batches before it stay:
    /// <see cref="LogEnd"/> tells.
    /// </summary>
    public LogAppendResult AppendAsFollower(in ReadOnlySequence<byte> batches)
    {
        lock (_gate)
        {
            if (Unwritable() is { } refusal)
            {
                return refusal;
            }

            var first = _state.End;
            if (RefuseFollowerAppend(batches) is { } mismatch)
            {
                return mismatch;
            }

            try
            {
                AppendRuns(batches);
            }
            catch (IOException e)
            {
                return RefuseWrite(e);
            }

            return Accept(first, _state.End, -1, isDuplicate: false);
        }
    }

    private LogAppendResult? RefuseLeaderAppend(long bytes, LeaderEpoch epoch, LogOptions options)
    {
        if (Unwritable() is { } unwritable)
        {
            return unwritable;
        }

        if (epoch.Value < _epochs.LatestEpoch)
        {
            return Refuse(ErrorCode.FencedLeaderEpoch, $"Leader epoch {epoch} is older than {_epochs.LatestEpoch}.");
        }

        return bytes > options.SegmentBytes
            ? Refuse(ErrorCode.RecordListTooLarge, $"The batch has {bytes} bytes, a segment at most {options.SegmentBytes}.")
            : null;
    }

    private LogAppendResult? RefuseFollowerAppend(in ReadOnlySequence<byte> batches)
    {
        var expected = _state.End;
        var epoch = _epochs.LatestEpoch;
        var scanner = new BatchScanner(batches, checkCrc: true);
        while (scanner.MoveNext())
        {
            var header = scanner.Header;
            if (header.BaseOffset < expected)
            {
                return Refuse(ErrorCode.OffsetOutOfRange, $"A batch begins at offset {header.BaseOffset}, before {expected}.");
            }

            var isFenced = header.PartitionLeaderEpoch >= 0
                && (_epochs.IsFencedAt(header.PartitionLeaderEpoch, header.BaseOffset)
                    || (expected > _state.End && header.PartitionLeaderEpoch < epoch));
            if (isFenced)
            {
                return Refuse(ErrorCode.FencedLeaderEpoch, $"A batch of leader epoch {header.PartitionLeaderEpoch} cannot follow epoch {epoch}.");
            }

            expected = header.NextOffset;
            epoch = header.PartitionLeaderEpoch;
        }

        return scanner.Status == BatchScanStatus.End
            ? null
            : Refuse(ErrorCode.CorruptMessage, $"Byte {scanner.Position} of {scanner.Length} does not begin a whole, correct batch.");
    }

    /// <summary>Writes as many batches at a time as fit into the segment, so that the usual message is one write.</summary>
    private void AppendRuns(in ReadOnlySequence<byte> batches)
    {
        var options = _options;
        var runStart = 0L;
        var scanner = new BatchScanner(batches, checkCrc: false);
        while (scanner.MoveNext())
        {
            var pending = scanner.Position - runStart;
            if (ShouldRoll(scanner.Header, pending, scanner.Header.SizeInBytes, options))
            {
                AppendRun(batches.Slice(runStart, pending), options);
                Roll(scanner.Header, scanner.Header.SizeInBytes, options);
                runStart = scanner.Position;
            }
        }

        AppendRun(batches.Slice(runStart), options);
    }

    private void AppendRun(in ReadOnlySequence<byte> run, LogOptions options)
    {
        if (run.IsEmpty)
        {
            return;
        }

        Write(run);
        var end = _state.End;
        var scanner = new BatchScanner(run, checkCrc: false);
        while (scanner.MoveNext())
        {
            var marker = scanner.Header.IsControl ? ControlBatch.ReadMarker(scanner.Header, run.Slice(scanner.Position)) : null;
            Add(scanner.Header, marker, options);
            end = scanner.Header.NextOffset;
        }

        Publish(_state with { End = end, EndPosition = _state.Active.Size });
    }

    private void Write(in ReadOnlySequence<byte> batches)
    {
        CutFailedWrite();
        try
        {
            _state.Active.Write(batches);
        }
        catch (IOException)
        {
            _isTailDirty = true;
            throw;
        }
    }

    private void CutFailedWrite()
    {
        if (_isTailDirty)
        {
            _state.Active.CutTail();
            _isTailDirty = false;
        }
    }

    /// <summary>Follows a batch that was written at the end of the active segment.</summary>
    private void Add(in BatchHeader header, EndTransactionMarker? marker, LogOptions options)
    {
        var active = _state.Active;
        active.Add(header, options.IndexIntervalBytes);
        if (header.PartitionLeaderEpoch >= 0 && _epochs.Assign(header.PartitionLeaderEpoch, header.BaseOffset))
        {
            _areEpochsDirty = true;
        }

        if (_producers.Apply(header, marker) is { } aborted)
        {
            active.TransactionIndex.Append(aborted);
        }
    }

    private LogAppendResult RefuseWrite(IOException cause)
    {
        _writeFault = $"Writing to '{_place.Directory}' failed: {cause.Message}";
        try
        {
            CutFailedWrite();
        }
        catch (IOException)
        {
            // Tried again before the next write; nobody reads behind the published end.
        }

        return Refuse(ErrorCode.KafkaStorageError, _writeFault);
    }

    private LogAppendResult? Unwritable()
    {
        if (_isClosed)
        {
            return Refuse(ErrorCode.KafkaStorageError, $"The log '{_place.Directory}' is closed.");
        }

        return _syncFault is { } fault ? Refuse(ErrorCode.KafkaStorageError, fault) : null;
    }

    private LogAppendResult Accept(long first, long end, long appendTime, bool isDuplicate)
    {
        _writeFault = isDuplicate ? _writeFault : null;
        return new LogAppendResult(ErrorCode.None, null, new Offset(first), new Offset(end), appendTime, isDuplicate, []);
    }

    private static LogAppendResult Refuse(ErrorCode error, string? message) =>
        new(error, message, Offset.None, Offset.None, -1, false, []);

    private static BatchRules RulesFor(LogOptions options, long now, BatchOrigin origin) => new()
    {
        Now = now,
        Origin = origin,
        MaxBatchBytes = options.MaxMessageBytes,
        TimestampType = options.TimestampType,
        TimestampBeforeMaxMs = options.TimestampBeforeMaxMs,
        TimestampAfterMaxMs = options.TimestampAfterMaxMs,
        KeysRequired = options.CleanupCompact,
    };
}
