using OrleansStreaming.Records.Buffers;
using OrleansStreaming.Records.Checksums;
using OrleansStreaming.Records.Compression;
using OrleansStreaming.Records.Varints;

namespace OrleansStreaming.Records.Batches;

/// <summary>
/// Writes a stored batch again with only some of its records, as compaction does: base offset, last offset, leader epoch,
/// producer fields, flags and codec stay, so that neither readers nor producers can tell where their records were. For one
/// thread; the memory is pooled and used again for the next batch.
/// </summary>
public sealed class BatchRewriter : IDisposable
{
    private const int InitialCapacity = 16 * 1024;

    private readonly PooledBuffer _plain = new(InitialCapacity);
    private PooledBuffer? _compressed;
    private BatchHeader _source;
    private long _baseTimestamp;
    private long _maxTimestamp;
    private bool _hasDeleteHorizon;
    private int _count;

    /// <summary>Starts on a batch; what was built before is no longer valid.</summary>
    /// <param name="source">The batch's header as it is stored.</param>
    /// <param name="deleteHorizonMs">
    /// From when on tombstones and markers in it may go (KIP-534), in milliseconds since 1970; null leaves what it has.
    /// </param>
    public void Begin(in BatchHeader source, long? deleteHorizonMs)
    {
        _source = source;
        _baseTimestamp = deleteHorizonMs ?? source.BaseTimestamp;
        _hasDeleteHorizon = source.HasDeleteHorizon || deleteHorizonMs is not null;
        _maxTimestamp = BatchHeader.NoTimestamp;
        _count = 0;
        ReserveHeader(_plain);
    }

    /// <summary>Keeps a record of the batch; call it in the records' order.</summary>
    public void Keep(in RecordView record)
    {
        _count++;
        long timestamp = unchecked(_source.BaseTimestamp + record.TimestampDelta);
        _maxTimestamp = Math.Max(_maxTimestamp, timestamp);
        if (_baseTimestamp == _source.BaseTimestamp)
        {
            Append(record.Body, default, default);
            return;
        }

        // Only the timestamp changes; it is the second field, after the attributes byte.
        Zigzag.TryRead(record.Body[1..], out long _, out int taken);
        Span<byte> delta = stackalloc byte[Varint.MaxLength64];
        delta = delta[..Zigzag.Write(delta, unchecked(timestamp - _baseTimestamp))];
        Append(record.Body[..1], delta, record.Body[(1 + taken)..]);
    }

    /// <summary>The batch with the records kept, at least one; valid until the next <see cref="Begin"/>.</summary>
    /// <exception cref="CompressionLibraryMissingException">The codec's system library is not installed.</exception>
    public ReadOnlyMemory<byte> Build()
    {
        PooledBuffer batch = _plain;
        if (_source.Compression != CompressionType.None)
        {
            batch = _compressed ??= new PooledBuffer(InitialCapacity);
            ReserveHeader(batch);
            Compressor.Compress(_source.Compression, _plain.Written[BatchHeader.Size..], batch);
        }

        Seal(batch.Written, _source with
        {
            Attributes = _hasDeleteHorizon ? (short)(_source.Attributes | BatchAttributes.DeleteHorizon) : _source.Attributes,
            BaseTimestamp = _baseTimestamp,
            MaxTimestamp = _source.TimestampType == TimestampType.LogAppendTime ? _source.MaxTimestamp : _maxTimestamp,
            RecordCount = _count,
        });
        return batch.WrittenMemory;
    }

    /// <summary>
    /// A batch without records, which still says which offsets it covered and what its producer's last sequence was; valid until
    /// the next <see cref="Begin"/>.
    /// </summary>
    public ReadOnlyMemory<byte> BuildEmpty(in BatchHeader source)
    {
        ReserveHeader(_plain);
        Seal(_plain.Written, source with
        {
            Attributes = (short)(source.Attributes & ~(BatchAttributes.CompressionMask | BatchAttributes.DeleteHorizon)),
            BaseTimestamp = BatchHeader.NoTimestamp,
            RecordCount = 0,
        });
        return _plain.WrittenMemory;
    }

    /// <summary>Returns the memory.</summary>
    public void Dispose()
    {
        _plain.Dispose();
        _compressed?.Dispose();
    }

    private static void ReserveHeader(PooledBuffer buffer)
    {
        buffer.Truncate(0);
        buffer.GetSpan(BatchHeader.Size);
        buffer.Advance(BatchHeader.Size);
    }

    private static void Seal(Span<byte> batch, in BatchHeader header)
    {
        BatchHeader sized = header with { BatchLength = batch.Length - BatchHeader.LengthOverhead };
        sized.WriteTo(batch);
        (sized with { Crc = Crc32C.Compute(batch[BatchLayout.Attributes..]) }).WriteTo(batch);
    }

    private void Append(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        Span<byte> length = stackalloc byte[Varint.MaxLength32];
        _plain.Write(length[..Zigzag.Write(length, first.Length + second.Length + third.Length)]);
        _plain.Write(first);
        _plain.Write(second);
        _plain.Write(third);
    }
}
