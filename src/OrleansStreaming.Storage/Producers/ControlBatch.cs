using System.Buffers;
using OrleansStreaming.Records.Batches;

namespace OrleansStreaming.Storage.Producers;

/// <summary>Finds the transaction marker in a control batch.</summary>
internal static class ControlBatch
{
    /// <summary>As much of a batch as can hold its first record, when that is a marker.</summary>
    public const int PrefixBytes = BatchHeader.Size + 64;

    /// <summary>The marker, or null when the batch holds no control record or another one (a leader change, a snapshot).</summary>
    public static EndTransactionMarker? ReadMarker(in BatchHeader header, in ReadOnlySequence<byte> batch)
    {
        if (!header.IsControl)
        {
            return null;
        }

        Span<byte> prefix = stackalloc byte[(int)Math.Min(batch.Length, PrefixBytes)];
        batch.Slice(0, prefix.Length).CopyTo(prefix);
        return ReadMarker(header, prefix);
    }

    public static EndTransactionMarker? ReadMarker(in BatchHeader header, ReadOnlySpan<byte> prefix)
    {
        var records = new RecordReader(header, prefix[BatchHeader.Size..]);
        return header.IsControl && records.MoveNext() && EndTransactionMarker.TryRead(records.Current, out var marker) ? marker : null;
    }
}
