using System.Buffers;
using System.Buffers.Binary;
using OrleansStreaming.Records.Compression;

namespace OrleansStreaming.Records.Batches;

/// <summary>
/// The 61 bytes at the head of a record batch v2 (KIP-98), decoded but not checked: a field says what stands in the bytes.
/// Offsets and timestamps are bare numbers here because these are wire fields; timestamps are milliseconds since 1970.
/// </summary>
public readonly record struct BatchHeader
{
    /// <summary>The header's size in bytes.</summary>
    public const int Size = BatchLayout.Records;

    /// <summary>The only batch format that is stored.</summary>
    public const byte CurrentMagic = 2;

    /// <summary>Bytes that <see cref="BatchLength"/> does not count: the base offset and the length field.</summary>
    public const int LengthOverhead = BatchLayout.LengthOverhead;

    public const long NoTimestamp = -1;
    public const long NoProducerId = -1;
    public const short NoProducerEpoch = -1;
    public const int NoSequence = -1;
    public const int NoLeaderEpoch = -1;

    public long BaseOffset { get; init; }

    /// <summary>Bytes after this field.</summary>
    public int BatchLength { get; init; }

    public int PartitionLeaderEpoch { get; init; }

    public byte Magic { get; init; }

    /// <summary>CRC-32C of the bytes from the attributes to the batch's end.</summary>
    public uint Crc { get; init; }

    public short Attributes { get; init; }

    public int LastOffsetDelta { get; init; }

    /// <summary>The timestamp that record deltas count from; the delete horizon when <see cref="HasDeleteHorizon"/>.</summary>
    public long BaseTimestamp { get; init; }

    public long MaxTimestamp { get; init; }

    public long ProducerId { get; init; }

    public short ProducerEpoch { get; init; }

    public int BaseSequence { get; init; }

    public int RecordCount { get; init; }

    /// <summary>Bytes of the whole batch. A long because a damaged length field may be close to 2^31.</summary>
    public long SizeInBytes => LengthOverhead + (long)BatchLength;

    public long LastOffset => BaseOffset + LastOffsetDelta;

    /// <summary>The offset that the next batch starts with.</summary>
    public long NextOffset => LastOffset + 1;

    /// <summary>The codec; may be a number that is not assigned.</summary>
    public CompressionType Compression => (CompressionType)(Attributes & BatchAttributes.CompressionMask);

    public TimestampType TimestampType =>
        (Attributes & BatchAttributes.LogAppendTime) != 0 ? TimestampType.LogAppendTime : TimestampType.CreateTime;

    public bool IsTransactional => (Attributes & BatchAttributes.Transactional) != 0;

    public bool IsControl => (Attributes & BatchAttributes.Control) != 0;

    /// <summary>The base timestamp is the time from which tombstones and markers may be compacted away (KIP-534).</summary>
    public bool HasDeleteHorizon => (Attributes & BatchAttributes.DeleteHorizon) != 0;

    public bool HasProducerId => ProducerId > NoProducerId;

    /// <summary>The last record's sequence, which follows 2^31-1 with 0; -1 when the batch has none.</summary>
    public int LastSequence => BaseSequence == NoSequence ? NoSequence : AddToSequence(BaseSequence, LastOffsetDelta);

    /// <summary>The sequence <paramref name="increment"/> records later; after 2^31-1 comes 0.</summary>
    public static int AddToSequence(int sequence, int increment) => unchecked(sequence + increment) & int.MaxValue;

    /// <summary>Decodes the header; false when fewer than <see cref="Size"/> bytes are there.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out BatchHeader header)
    {
        if (bytes.Length < Size)
        {
            header = default;
            return false;
        }

        header = Decode(bytes[..Size]);
        return true;
    }

    /// <inheritdoc cref="TryRead(ReadOnlySpan{byte}, out BatchHeader)"/>
    public static bool TryRead(in ReadOnlySequence<byte> bytes, out BatchHeader header)
    {
        ReadOnlySpan<byte> first = bytes.FirstSpan;
        if (first.Length >= Size)
        {
            header = Decode(first[..Size]);
            return true;
        }

        if (bytes.Length < Size)
        {
            header = default;
            return false;
        }

        Span<byte> gathered = stackalloc byte[Size];
        bytes.Slice(0, Size).CopyTo(gathered);
        header = Decode(gathered);
        return true;
    }

    /// <summary>Encodes the header into the first <see cref="Size"/> bytes.</summary>
    public void WriteTo(Span<byte> destination)
    {
        // The highest index first: one bounds check for all fields.
        BinaryPrimitives.WriteInt32BigEndian(destination[BatchLayout.RecordCount..Size], RecordCount);
        BinaryPrimitives.WriteInt64BigEndian(destination[BatchLayout.BaseOffset..], BaseOffset);
        BinaryPrimitives.WriteInt32BigEndian(destination[BatchLayout.BatchLength..], BatchLength);
        BinaryPrimitives.WriteInt32BigEndian(destination[BatchLayout.PartitionLeaderEpoch..], PartitionLeaderEpoch);
        destination[BatchLayout.Magic] = Magic;
        BinaryPrimitives.WriteUInt32BigEndian(destination[BatchLayout.Crc..], Crc);
        BinaryPrimitives.WriteInt16BigEndian(destination[BatchLayout.Attributes..], Attributes);
        BinaryPrimitives.WriteInt32BigEndian(destination[BatchLayout.LastOffsetDelta..], LastOffsetDelta);
        BinaryPrimitives.WriteInt64BigEndian(destination[BatchLayout.BaseTimestamp..], BaseTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(destination[BatchLayout.MaxTimestamp..], MaxTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(destination[BatchLayout.ProducerId..], ProducerId);
        BinaryPrimitives.WriteInt16BigEndian(destination[BatchLayout.ProducerEpoch..], ProducerEpoch);
        BinaryPrimitives.WriteInt32BigEndian(destination[BatchLayout.BaseSequence..], BaseSequence);
    }

    private static BatchHeader Decode(ReadOnlySpan<byte> bytes) => new()
    {
        BaseOffset = BinaryPrimitives.ReadInt64BigEndian(bytes[BatchLayout.BaseOffset..]),
        BatchLength = BinaryPrimitives.ReadInt32BigEndian(bytes[BatchLayout.BatchLength..]),
        PartitionLeaderEpoch = BinaryPrimitives.ReadInt32BigEndian(bytes[BatchLayout.PartitionLeaderEpoch..]),
        Magic = bytes[BatchLayout.Magic],
        Crc = BinaryPrimitives.ReadUInt32BigEndian(bytes[BatchLayout.Crc..]),
        Attributes = BinaryPrimitives.ReadInt16BigEndian(bytes[BatchLayout.Attributes..]),
        LastOffsetDelta = BinaryPrimitives.ReadInt32BigEndian(bytes[BatchLayout.LastOffsetDelta..]),
        BaseTimestamp = BinaryPrimitives.ReadInt64BigEndian(bytes[BatchLayout.BaseTimestamp..]),
        MaxTimestamp = BinaryPrimitives.ReadInt64BigEndian(bytes[BatchLayout.MaxTimestamp..]),
        ProducerId = BinaryPrimitives.ReadInt64BigEndian(bytes[BatchLayout.ProducerId..]),
        ProducerEpoch = BinaryPrimitives.ReadInt16BigEndian(bytes[BatchLayout.ProducerEpoch..]),
        BaseSequence = BinaryPrimitives.ReadInt32BigEndian(bytes[BatchLayout.BaseSequence..]),
        RecordCount = BinaryPrimitives.ReadInt32BigEndian(bytes[BatchLayout.RecordCount..]),
    };
}
