using System.Text;
using OrleansStreaming.Records.Buffers;
using OrleansStreaming.Records.Checksums;
using OrleansStreaming.Records.Compression;
using OrleansStreaming.Records.Varints;

namespace OrleansStreaming.Records.Batches;

/// <summary>
/// Builds one record batch after another in pooled memory: append records, <see cref="Build"/>, use the bytes,
/// <see cref="Reset"/>. Appending allocates nothing once the buffer has grown. For one thread.
/// </summary>
public sealed class BatchBuilder : IDisposable
{
    private const int InitialCapacity = 16 * 1024;

    private readonly PooledBuffer _plain = new(InitialCapacity);
    private PooledBuffer? _compressed;
    private BatchOptions _options;
    private long _baseTimestamp;
    private long _maxTimestamp;
    private bool _isBuilt;

    public BatchBuilder(BatchOptions? options = null)
    {
        _options = options ?? BatchOptions.Default;
        Reset();
    }

    /// <summary>Records appended since the last reset.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of the batch as it stands, before compression.</summary>
    public int SizeInBytes => _plain.Length;

    /// <summary>The bytes that a record would add, at most, before compression: for a check against the batch size.</summary>
    public static int UpperBoundOf(int keyBytes, int valueBytes, int headerBytes, int headerCount) =>
        (5 * Varint.MaxLength32) + Varint.MaxLength64 + 1
        + Math.Max(keyBytes, 0) + Math.Max(valueBytes, 0) + headerBytes + (2 * Varint.MaxLength32 * headerCount);

    /// <summary>Appends a record; null is no key, no value (a tombstone).</summary>
    /// <param name="timestamp">Milliseconds since 1970, -1 for none.</param>
    public void Append(long timestamp, byte[]? key, byte[]? value, params ReadOnlySpan<RecordHeader> headers) =>
        Append(timestamp, OrNull(key), OrNull(value), headers);

    /// <inheritdoc cref="Append(long, byte[], byte[], ReadOnlySpan{RecordHeader})"/>
    public void Append(
        long timestamp, ReadOnlyMemory<byte>? key, ReadOnlyMemory<byte>? value, params ReadOnlySpan<RecordHeader> headers)
    {
        if (_isBuilt)
        {
            throw new InvalidOperationException("The batch is built; reset the builder before the next.");
        }

        if (Count == 0)
        {
            _baseTimestamp = timestamp;
            _maxTimestamp = timestamp;
        }

        _maxTimestamp = Math.Max(_maxTimestamp, timestamp);
        long timestampDelta = unchecked(timestamp - _baseTimestamp);
        int length = checked(1
            + Zigzag.LengthOf(timestampDelta)
            + Zigzag.LengthOf(Count)
            + LengthOf(key)
            + LengthOf(value)
            + LengthOf(headers));

        Span<byte> destination = _plain.GetSpan(Varint.MaxLength32 + length);
        int start = Zigzag.Write(destination, length);
        RecordWriter writer = new(destination.Slice(start, length));
        writer.WriteByte(0);
        writer.WriteInt64(timestampDelta);
        writer.WriteInt32(Count);
        writer.WriteNullable(key);
        writer.WriteNullable(value);
        writer.WriteInt32(headers.Length);
        foreach (RecordHeader header in headers)
        {
            writer.WriteText(header.Key);
            writer.WriteNullable(header.Value);
        }

        _plain.Advance(start + length);
        Count++;
    }

    /// <summary>The finished batch; valid until <see cref="Reset"/> or <see cref="Dispose"/>. Asked again, it answers the same bytes.</summary>
    /// <exception cref="InvalidOperationException">No record was appended.</exception>
    /// <exception cref="CompressionLibraryMissingException">The codec's system library is not installed.</exception>
    public ReadOnlyMemory<byte> Build()
    {
        if (Count == 0)
        {
            throw new InvalidOperationException("A batch needs a record.");
        }

        PooledBuffer batch = _plain;
        if (_options.Compression != CompressionType.None)
        {
            batch = _compressed ??= new PooledBuffer(InitialCapacity);
            if (!_isBuilt)
            {
                ReserveHeader(batch);
                Compressor.Compress(_options.Compression, _plain.Written[BatchHeader.Size..], batch, _options.CompressionLevel);
            }
        }

        if (!_isBuilt)
        {
            Seal(batch.Written);
            _isBuilt = true;
        }

        return batch.WrittenMemory;
    }

    /// <summary>Forgets the records and starts on a new batch, with the options as they are or with others.</summary>
    public void Reset(BatchOptions? options = null)
    {
        _options = options ?? _options;
        Count = 0;
        _isBuilt = false;
        ReserveHeader(_plain);
    }

    /// <summary>Returns the memory; a batch built before is no longer valid.</summary>
    public void Dispose()
    {
        _plain.Dispose();
        _compressed?.Dispose();
    }

    /// <summary>The language's own conversion from array to memory makes null an empty run, which is another thing in a record.</summary>
    private static ReadOnlyMemory<byte>? OrNull(byte[]? field)
    {
        if (field is null)
        {
            return null;
        }

        return field;
    }

    private static void ReserveHeader(PooledBuffer buffer)
    {
        buffer.Truncate(0);
        buffer.GetSpan(BatchHeader.Size);
        buffer.Advance(BatchHeader.Size);
    }

    private static int LengthOf(ReadOnlyMemory<byte>? field) =>
        field is { } bytes ? Zigzag.LengthOf(bytes.Length) + bytes.Length : Zigzag.LengthOf(-1);

    private static int LengthOf(ReadOnlySpan<RecordHeader> headers)
    {
        int length = Zigzag.LengthOf(headers.Length);
        foreach (RecordHeader header in headers)
        {
            int key = Encoding.UTF8.GetByteCount(header.Key);
            length = checked(length + Zigzag.LengthOf(key) + key + LengthOf(header.Value));
        }

        return length;
    }

    private void Seal(Span<byte> batch)
    {
        int attributes = (int)_options.Compression
            | (_options.IsTransactional ? BatchAttributes.Transactional : 0)
            | (_options.IsControl ? BatchAttributes.Control : 0);
        BatchHeader header = new()
        {
            BaseOffset = _options.BaseOffset,
            BatchLength = batch.Length - BatchHeader.LengthOverhead,
            PartitionLeaderEpoch = _options.PartitionLeaderEpoch,
            Magic = BatchHeader.CurrentMagic,
            Attributes = (short)attributes,
            LastOffsetDelta = Count - 1,
            BaseTimestamp = _baseTimestamp,
            MaxTimestamp = _maxTimestamp,
            ProducerId = _options.ProducerId,
            ProducerEpoch = _options.ProducerEpoch,
            BaseSequence = _options.BaseSequence,
            RecordCount = Count,
        };
        header.WriteTo(batch);
        (header with { Crc = Crc32C.Compute(batch[BatchLayout.Attributes..]) }).WriteTo(batch);
    }
}
