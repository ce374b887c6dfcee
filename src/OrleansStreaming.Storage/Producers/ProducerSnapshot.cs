using System.Buffers.Binary;
using OrleansStreaming.Records.Checksums;

namespace OrleansStreaming.Storage.Producers;

/// <summary>
/// The bytes of a <c>.snapshot</c> file, version 1: version (int16), CRC-32C of the rest (uint32), count (int32), and per producer
/// id (int64), epoch (int16), last sequence (int32), last offset (int64), offset delta (int32), timestamp (int64), coordinator epoch
/// (int32), first offset of the open transaction (int64). Big-endian. Of a producer's batches only the last one is kept.
/// </summary>
internal static class ProducerSnapshot
{
    private const short Version = 1;
    private const int CrcPosition = 2;
    private const int CountPosition = 6;
    private const int HeaderSize = 10;
    private const int EntrySize = 46;

    public static byte[] Encode(IReadOnlyCollection<ProducerEntry> entries)
    {
        var bytes = new byte[HeaderSize + (entries.Count * EntrySize)];
        BinaryPrimitives.WriteInt16BigEndian(bytes, Version);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(CountPosition), entries.Count);
        var rest = bytes.AsSpan(HeaderSize);
        foreach (var entry in entries)
        {
            var last = entry.Last ?? new RecentBatch(-1, -1, 0, entry.LastTimestamp);
            BinaryPrimitives.WriteInt64BigEndian(rest, entry.ProducerId);
            BinaryPrimitives.WriteInt16BigEndian(rest[8..], entry.Epoch);
            BinaryPrimitives.WriteInt32BigEndian(rest[10..], last.LastSequence);
            BinaryPrimitives.WriteInt64BigEndian(rest[14..], last.LastOffset);
            BinaryPrimitives.WriteInt32BigEndian(rest[22..], last.OffsetDelta);
            BinaryPrimitives.WriteInt64BigEndian(rest[26..], entry.LastTimestamp);
            BinaryPrimitives.WriteInt32BigEndian(rest[34..], entry.CoordinatorEpoch);
            BinaryPrimitives.WriteInt64BigEndian(rest[38..], entry.TransactionFirstOffset);
            rest = rest[EntrySize..];
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(CrcPosition), Crc32C.Compute(bytes.AsSpan(CountPosition)));
        return bytes;
    }

    /// <summary>The producers of a whole, undamaged snapshot of this version; null for anything else.</summary>
    public static List<ProducerEntry>? TryDecode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderSize
            || BinaryPrimitives.ReadInt16BigEndian(bytes) != Version
            || BinaryPrimitives.ReadUInt32BigEndian(bytes[CrcPosition..]) != Crc32C.Compute(bytes[CountPosition..])
            || BinaryPrimitives.ReadInt32BigEndian(bytes[CountPosition..]) != (bytes.Length - HeaderSize) / EntrySize
            || (bytes.Length - HeaderSize) % EntrySize != 0)
        {
            return null;
        }

        var entries = new List<ProducerEntry>();
        for (var rest = bytes[HeaderSize..]; !rest.IsEmpty; rest = rest[EntrySize..])
        {
            var entry = new ProducerEntry(BinaryPrimitives.ReadInt64BigEndian(rest));
            var epoch = BinaryPrimitives.ReadInt16BigEndian(rest[8..]);
            var timestamp = BinaryPrimitives.ReadInt64BigEndian(rest[26..]);
            var last = new RecentBatch(
                BinaryPrimitives.ReadInt32BigEndian(rest[10..]),
                BinaryPrimitives.ReadInt64BigEndian(rest[14..]),
                BinaryPrimitives.ReadInt32BigEndian(rest[22..]),
                timestamp);
            entry.Epoch = epoch;
            if (last.LastOffset >= 0)
            {
                entry.Add(epoch, last);
            }

            entry.LastTimestamp = timestamp;
            entry.CoordinatorEpoch = BinaryPrimitives.ReadInt32BigEndian(rest[34..]);
            entry.TransactionFirstOffset = BinaryPrimitives.ReadInt64BigEndian(rest[38..]);
            entries.Add(entry);
        }

        return entries;
    }
}
