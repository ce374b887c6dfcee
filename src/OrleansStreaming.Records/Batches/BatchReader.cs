using System.Buffers;
using OrleansStreaming.Records.Buffers;
using OrleansStreaming.Records.Checksums;
using OrleansStreaming.Records.Compression;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Records.Batches;

/// <summary>
/// One stored batch, opened for reading: its header and its decompressed records. Owns pooled memory when the batch was
/// compressed or split over segments, and otherwise refers to the caller's. Used by one thread at a time; dispose it once.
/// </summary>
public sealed class BatchReader : IDisposable
{
    private byte[]? _pooled;
    private ReadOnlyMemory<byte> _payload;

    private BatchReader(in BatchHeader header, ReadOnlyMemory<byte> payload, byte[]? pooled)
    {
        Header = header;
        _payload = payload;
        _pooled = pooled;
    }

    public BatchHeader Header { get; }

    /// <summary>The decompressed records section; valid until this is disposed.</summary>
    public ReadOnlyMemory<byte> Payload => _payload;

    /// <summary>
    /// Opens the batch at the start of <paramref name="bytes"/>. A refusal is answered as an error and a null reader:
    /// <see cref="ErrorCode.CorruptMessage"/> for bytes that are not a whole batch of format 2 or fail the CRC or the codec,
    /// <see cref="ErrorCode.MessageTooLarge"/> when it unfolds to too much, and
    /// <see cref="ErrorCode.UnsupportedCompressionType"/> for a codec that is unknown or whose library is missing.
    /// </summary>
    /// <param name="checkCrc">False saves the time when the bytes were checked already.</param>
    public static ErrorCode Open(
        in ReadOnlySequence<byte> bytes,
        out BatchReader? reader,
        bool checkCrc = true,
        long maxDecompressedBytes = BatchRules.DefaultMaxDecompressedBytes)
    {
        reader = null;
        if (!BatchHeader.TryRead(bytes, out BatchHeader header)
            || header.Magic != BatchHeader.CurrentMagic
            || header.SizeInBytes < BatchHeader.Size
            || header.SizeInBytes > bytes.Length
            || header.RecordCount < 0)
        {
            return ErrorCode.CorruptMessage;
        }

        ReadOnlySequence<byte> covered = bytes.Slice(BatchLayout.Attributes, header.SizeInBytes - BatchLayout.Attributes);
        if (checkCrc && Crc32C.Compute(covered) != header.Crc)
        {
            return ErrorCode.CorruptMessage;
        }

        ReadOnlySequence<byte> records = covered.Slice(BatchLayout.Records - BatchLayout.Attributes);
        switch (header.Compression)
        {
            case CompressionType.None:
                reader = OpenPlain(header, records);
                return ErrorCode.None;
            case > CompressionType.Zstd:
                return ErrorCode.UnsupportedCompressionType;
            default:
                if (CompressionLibraries.FindMissing(header.Compression) is not null)
                {
                    return ErrorCode.UnsupportedCompressionType;
                }

                // An empty batch that compaction left over has no payload at all, whatever its codec.
                if (records.IsEmpty && header.RecordCount == 0)
                {
                    reader = new BatchReader(header, default, pooled: null);
                    return ErrorCode.None;
                }

                return OpenCompressed(header, records, maxDecompressedBytes, out reader);
        }
    }

    /// <summary>A new walk over the records.</summary>
    public RecordReader Records() => new(Header, _payload.Span);

    /// <summary>Returns the pooled memory; payload and records read from it are no longer valid.</summary>
    public void Dispose()
    {
        _payload = default;
        if (Interlocked.Exchange(ref _pooled, null) is { } pooled)
        {
            ArrayPool<byte>.Shared.Return(pooled);
        }
    }

    private static BatchReader OpenPlain(in BatchHeader header, in ReadOnlySequence<byte> records)
    {
        if (records.IsSingleSegment)
        {
            return new BatchReader(header, records.First, pooled: null);
        }

        int length = (int)records.Length;
        byte[] gathered = ArrayPool<byte>.Shared.Rent(length);
        records.CopyTo(gathered);
        return new BatchReader(header, gathered.AsMemory(0, length), gathered);
    }

    private static ErrorCode OpenCompressed(
        in BatchHeader header, in ReadOnlySequence<byte> records, long maxBytes, out BatchReader? reader)
    {
        reader = null;
        using PooledBuffer unfolded = new(initialCapacity: (int)Math.Min(4 * records.Length, maxBytes));
        using Decompressor decompressor = Decompressor.Rent(header.Compression, records, Math.Min(maxBytes, Array.MaxLength));
        while (decompressor.TryNext(out ReadOnlySpan<byte> chunk))
        {
            unfolded.Write(chunk);
        }

        switch (decompressor.Fault)
        {
            case DecompressionFault.TooLarge:
                return ErrorCode.MessageTooLarge;
            case DecompressionFault.Malformed:
                return ErrorCode.CorruptMessage;
            default:
                int length = unfolded.Length;
                byte[] array = unfolded.Detach();
                reader = new BatchReader(header, array.AsMemory(0, length), array);
                return ErrorCode.None;
        }
    }
}
