using System.Buffers;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Storage.Producers;
using OrleansStreaming.Storage.Segments;

namespace OrleansStreaming.Storage.Compaction;

/// <summary>The first pass of a compaction: which offset is the last one of each key in the dirty part.</summary>
internal sealed class KeyCollector(KeyOffsetMap map, CleanedTransactions transactions, long firstDirty) : IBatchSink
{
    /// <summary>Why the pass cannot go on; null when it can, or when only the map is full.</summary>
    public string? Refusal { get; private set; }

    public bool Take(in BatchHeader header, ReadOnlyMemory<byte> bytes, int position)
    {
        if (header.IsControl)
        {
            transactions.IsMarkerObsolete(header, ControlBatch.ReadMarker(header, bytes.Span), out _);
        }
        else if (!transactions.IsAborted(header) && header.LastOffset >= firstDirty && !TryCollect(bytes))
        {
            return false;
        }

        if (header.LastOffset >= firstDirty)
        {
            map.LatestOffset = header.LastOffset;
        }

        return true;
    }

    public long EndOfChunk() => 0;

    private bool TryCollect(ReadOnlyMemory<byte> bytes)
    {
        var error = BatchReader.Open(new ReadOnlySequence<byte>(bytes), out var reader, checkCrc: false);
        if (error != ErrorCode.None)
        {
            Refusal = $"A batch cannot be read: {error}.";
            return false;
        }

        using (reader)
        {
            foreach (var record in reader!.Records())
            {
                if (record.HasKey && record.Offset >= firstDirty && !map.TryPut(record.Key, record.Offset))
                {
                    return false;
                }
            }
        }

        return true;
    }
}
