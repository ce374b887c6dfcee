using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using OrleansStreaming.Records.Checksums;

namespace OrleansStreaming.Records.Batches;

/// <summary>
/// Writes the fields a broker owns into a batch where it lies. The caller owns the memory and is its only user meanwhile;
/// it may be split over segments anywhere. The batch must hold a whole header (<see cref="BatchHeader.Size"/> bytes).
/// </summary>
public static class BatchPatcher
{
    /// <summary>Sets base offset and leader epoch. Both lie before the bytes that the CRC covers, so it stays as it is.</summary>
    public static void StampOffsetAndEpoch(in ReadOnlySequence<byte> batch, long baseOffset, int leaderEpoch)
    {
        Span<byte> offset = stackalloc byte[sizeof(long)];
        Span<byte> epoch = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt64BigEndian(offset, baseOffset);
        BinaryPrimitives.WriteInt32BigEndian(epoch, leaderEpoch);
        Overwrite(batch, BatchLayout.BaseOffset, offset);
        Overwrite(batch, BatchLayout.PartitionLeaderEpoch, epoch);
    }

    /// <summary>Makes the batch's timestamps log append time: sets the type bit and the max timestamp, and the CRC anew.</summary>
    /// <param name="batch">Exactly one batch. The base timestamp and the records keep what the producer wrote, as in Kafka.</param>
    /// <param name="timestamp">Milliseconds since 1970.</param>
    public static void StampLogAppendTime(in ReadOnlySequence<byte> batch, long timestamp) =>
        StampTimestamp(batch, TimestampType.LogAppendTime, timestamp);

    /// <summary>
    /// Sets timestamp type and max timestamp, and the CRC anew; does nothing when both stand there already. With
    /// <see cref="TimestampType.CreateTime"/> it corrects a header that disagrees with its records
    /// (<see cref="BatchVerdict.MaxTimestamp"/>), as Kafka's broker does.
    /// </summary>
    /// <param name="batch">Exactly one batch.</param>
    public static void StampTimestamp(in ReadOnlySequence<byte> batch, TimestampType type, long maxTimestamp)
    {
        if (!BatchHeader.TryRead(batch, out BatchHeader header))
        {
            throw new ArgumentException("The batch is shorter than its header.", nameof(batch));
        }

        if (header.TimestampType == type && header.MaxTimestamp == maxTimestamp)
        {
            return;
        }

        int attributes = type == TimestampType.LogAppendTime
            ? header.Attributes | BatchAttributes.LogAppendTime
            : header.Attributes & ~BatchAttributes.LogAppendTime;
        Span<byte> field = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt16BigEndian(field, (short)attributes);
        Overwrite(batch, BatchLayout.Attributes, field[..sizeof(short)]);
        BinaryPrimitives.WriteInt64BigEndian(field, maxTimestamp);
        Overwrite(batch, BatchLayout.MaxTimestamp, field);
        BinaryPrimitives.WriteUInt32BigEndian(field, Crc32C.Compute(batch.Slice(BatchLayout.Attributes)));
        Overwrite(batch, BatchLayout.Crc, field[..sizeof(uint)]);
    }

    private static void Overwrite(in ReadOnlySequence<byte> batch, int position, ReadOnlySpan<byte> bytes)
    {
        ReadOnlyMemory<byte> first = batch.First;
        if (first.Length >= position + bytes.Length)
        {
            bytes.CopyTo(MemoryMarshal.AsMemory(first).Span[position..]);
            return;
        }

        foreach (ReadOnlyMemory<byte> segment in batch.Slice(position, bytes.Length))
        {
            bytes[..segment.Length].CopyTo(MemoryMarshal.AsMemory(segment).Span);
            bytes = bytes[segment.Length..];
        }
    }
}
