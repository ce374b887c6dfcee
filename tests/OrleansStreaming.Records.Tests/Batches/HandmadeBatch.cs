using System.Buffers.Binary;
using OrleansStreaming.Records.Checksums;

namespace OrleansStreaming.Records.Tests.Batches;

/// <summary>
/// A batch laid out field by field from the protocol's documentation, with none of the builder's code, so that the two can be
/// held against each other and any field can be made wrong.
/// </summary>
internal sealed class HandmadeBatch
{
    internal long BaseOffset { get; set; }

    internal int? BatchLength { get; set; }

    internal int LeaderEpoch { get; set; } = -1;

    internal byte Magic { get; set; } = 2;

    internal uint? Crc { get; set; }

    internal short Attributes { get; set; }

    internal int? LastOffsetDelta { get; set; }

    internal long BaseTimestamp { get; set; } = 1_000;

    internal long MaxTimestamp { get; set; } = 1_000;

    internal long ProducerId { get; set; } = -1;

    internal short ProducerEpoch { get; set; } = -1;

    internal int BaseSequence { get; set; } = -1;

    internal int? RecordCount { get; set; }

    /// <summary>The encoded records, or whatever should stand in their place.</summary>
    internal List<byte[]> Records { get; } = [];

    internal HandmadeBatch With(params byte[][] records)
    {
        Records.AddRange(records);
        return this;
    }

    internal byte[] ToBytes()
    {
        List<byte> bytes = [];
        byte[] field = new byte[8];
        int recordBytes = Records.Sum(record => record.Length);
        Int64(BaseOffset);
        Int32(BatchLength ?? 49 + recordBytes);
        Int32(LeaderEpoch);
        bytes.Add(Magic);
        int crcAt = bytes.Count;
        Int32(0);
        Int16(Attributes);
        Int32(LastOffsetDelta ?? Records.Count - 1);
        Int64(BaseTimestamp);
        Int64(MaxTimestamp);
        Int64(ProducerId);
        Int16(ProducerEpoch);
        Int32(BaseSequence);
        Int32(RecordCount ?? Records.Count);
        foreach (byte[] record in Records)
        {
            bytes.AddRange(record);
        }

        byte[] batch = [.. bytes];
        BinaryPrimitives.WriteUInt32BigEndian(batch.AsSpan(crcAt), Crc ?? Crc32C.Compute(batch.AsSpan(crcAt + 4)));
        return batch;

        void Int16(short value)
        {
            BinaryPrimitives.WriteInt16BigEndian(field, value);
            bytes.AddRange(field.AsSpan(0, 2));
        }

        void Int32(int value)
        {
            BinaryPrimitives.WriteInt32BigEndian(field, value);
            bytes.AddRange(field.AsSpan(0, 4));
        }

        void Int64(long value)
        {
            BinaryPrimitives.WriteInt64BigEndian(field, value);
            bytes.AddRange(field);
        }
    }

    /// <summary>length, attributes, timestamp delta, offset delta, key, value, headers; all numbers zigzag varints.</summary>
    internal static byte[] Record(
        int offsetDelta, byte[]? key, byte[]? value, long timestampDelta = 0, params (byte[] Key, byte[]? Value)[] headers)
    {
        List<byte> body = [0];
        Number(body, timestampDelta);
        Number(body, offsetDelta);
        Field(body, key);
        Field(body, value);
        Number(body, headers.Length);
        foreach ((byte[] name, byte[]? content) in headers)
        {
            Field(body, name);
            Field(body, content);
        }

        return WithLength([.. body]);
    }

    internal static byte[] WithLength(byte[] body)
    {
        List<byte> record = [];
        Number(record, body.Length);
        record.AddRange(body);
        return [.. record];
    }

    internal static void Number(List<byte> bytes, long value)
    {
        ulong rest = value >= 0 ? (ulong)value * 2 : ((ulong)-(value + 1) * 2) + 1;
        while (rest > 127)
        {
            bytes.Add((byte)((rest % 128) + 128));
            rest /= 128;
        }

        bytes.Add((byte)rest);
    }

    private static void Field(List<byte> bytes, byte[]? field)
    {
        Number(bytes, field?.Length ?? -1);
        bytes.AddRange(field ?? []);
    }
}
