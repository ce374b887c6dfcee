using System.Buffers;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Storage.Producers;
using OrleansStreaming.Storage.Segments;

namespace OrleansStreaming.Storage.Compaction;

/// <summary>
/// The second pass of a compaction: copies what stays of some segments into one. Of a key only the last record stays, of aborted
/// transactions nothing, of tombstones and of markers without records nothing once their delete horizon has passed. Batches keep
/// their offsets; one stays without records when it is a producer's last or the last of all.
/// </summary>
internal sealed class SegmentCleaner(
    Segment target, KeyOffsetMap map, CleanedTransactions transactions, CompactionRules rules, int indexIntervalBytes, int bufferBytes)
    : IBatchSink, IDisposable
{
    private readonly BatchRewriter _rewriter = new();
    private readonly ArrayBufferWriter<byte> _output = new();
    private bool[] _stays = ArrayPool<bool>.Shared.Rent(1024);
    private long _written;

    /// <summary>Why the pass cannot go on; null when it can.</summary>
    public string? Refusal { get; private set; }

    public long RecordsRead { get; private set; }

    public long RecordsKept { get; private set; }

    public bool Take(in BatchHeader header, ReadOnlyMemory<byte> bytes, int position)
    {
        RecordsRead += header.RecordCount;
        if (!(header.IsControl ? TryKeepControl(header, bytes) : TryKeep(header, bytes)))
        {
            return false;
        }

        if (_output.WrittenCount >= bufferBytes)
        {
            WriteOut();
        }

        return true;
    }

    public long EndOfChunk()
    {
        WriteOut();
        var written = _written;
        _written = 0;
        return written;
    }

    public void Dispose()
    {
        _rewriter.Dispose();
        ArrayPool<bool>.Shared.Return(_stays);
        _stays = [];
    }

    private bool TryKeepControl(in BatchHeader header, ReadOnlyMemory<byte> bytes)
    {
        var marker = ControlBatch.ReadMarker(header, bytes.Span);
        var isObsolete = transactions.IsMarkerObsolete(header, marker, out var ended);
        if (ended is { } transaction)
        {
            target.TransactionIndex.Append(transaction);
        }

        if (header.RecordCount == 0 || (isObsolete && header.HasDeleteHorizon && header.BaseTimestamp <= rules.Now))
        {
            KeepEmptied(header);
        }
        else if (isObsolete && !header.HasDeleteHorizon)
        {
            return TryRewrite(header, bytes, mustSetHorizon: true, judgesRecords: false);
        }
        else
        {
            Keep(bytes, header.RecordCount);
        }

        return true;
    }

    private bool TryKeep(in BatchHeader header, ReadOnlyMemory<byte> bytes)
    {
        if (transactions.IsAborted(header) || header.RecordCount == 0)
        {
            KeepEmptied(header);
            return true;
        }

        if (header.BaseOffset > map.LatestOffset)
        {
            Keep(bytes, header.RecordCount);
            return true;
        }

        return TryRewrite(header, bytes, mustSetHorizon: false, judgesRecords: true);
    }

    private bool TryRewrite(in BatchHeader header, ReadOnlyMemory<byte> bytes, bool mustSetHorizon, bool judgesRecords)
    {
        var error = BatchReader.Open(new ReadOnlySequence<byte>(bytes), out var reader, checkCrc: false);
        if (error != ErrorCode.None)
        {
            Refusal = $"The batch at offset {header.BaseOffset} cannot be read: {error}.";
            return false;
        }

        using (reader)
        {
            var kept = Judge(reader!, judgesRecords, out var hasTombstones);
            var setsHorizon = (mustSetHorizon || hasTombstones) && !header.HasDeleteHorizon;
            if (kept == 0)
            {
                KeepEmptied(header);
            }
            else if (kept == header.RecordCount && !setsHorizon)
            {
                Keep(bytes, kept);
            }
            else
            {
                Keep(Rewrite(reader!, setsHorizon), kept);
            }
        }

        return true;
    }

    /// <summary>Notes which records stay; answers how many.</summary>
    private int Judge(BatchReader reader, bool judgesRecords, out bool hasTombstones)
    {
        if (_stays.Length < reader.Header.RecordCount)
        {
            ArrayPool<bool>.Shared.Return(_stays);
            _stays = ArrayPool<bool>.Shared.Rent(reader.Header.RecordCount);
        }

        var index = 0;
        var kept = 0;
        hasTombstones = false;
        foreach (var record in reader.Records())
        {
            var stays = !judgesRecords || Stays(reader.Header, record);
            _stays[index++] = stays;
            kept += stays ? 1 : 0;
            hasTombstones |= stays && !record.HasValue;
        }

        return kept;
    }

    private bool Stays(in BatchHeader header, in RecordView record)
    {
        // What lies behind the last key that found room is not compacted yet.
        if (record.Offset > map.LatestOffset)
        {
            return true;
        }

        return record.HasKey
            && record.Offset >= map.Get(record.Key)
            && (record.HasValue || !header.HasDeleteHorizon || rules.Now < header.BaseTimestamp);
    }

    private ReadOnlyMemory<byte> Rewrite(BatchReader reader, bool setsHorizon)
    {
        _rewriter.Begin(reader.Header, setsHorizon ? rules.Now + rules.DeleteRetentionMs : null);
        var index = 0;
        foreach (var record in reader.Records())
        {
            if (_stays[index++])
            {
                _rewriter.Keep(record);
            }
        }

        return _rewriter.Build();
    }

    private void Keep(ReadOnlyMemory<byte> batch, int records)
    {
        RecordsKept += records;
        _output.Write(batch.Span);
    }

    private void KeepEmptied(in BatchHeader header)
    {
        if (header.NextOffset == rules.End || IsProducersLast(header))
        {
            _output.Write(_rewriter.BuildEmpty(header).Span);
        }
    }

    /// <summary>Without it a retry would not be known as one after the producer's state is rebuilt from the log.</summary>
    private bool IsProducersLast(in BatchHeader header) =>
        header.HasProducerId
        && rules.Producers.TryGetValue(header.ProducerId, out var tail)
        && (tail.LastDataOffset >= 0 ? header.LastOffset == tail.LastDataOffset : header.IsControl && header.ProducerEpoch == tail.Epoch);

    private void WriteOut()
    {
        if (_output.WrittenCount == 0)
        {
            return;
        }

        if ((long)target.Size + _output.WrittenCount > int.MaxValue)
        {
            throw new IOException($"Segment '{target.Log.Path}' would become larger than a segment can be.");
        }

        target.Write(new ReadOnlySequence<byte>(_output.WrittenMemory));
        var scanner = new BatchScanner(_output.WrittenSpan, checkCrc: false);
        while (scanner.MoveNext())
        {
            target.Add(scanner.Header, indexIntervalBytes);
        }

        _written += _output.WrittenCount;
        _output.ResetWrittenCount();
    }
}
