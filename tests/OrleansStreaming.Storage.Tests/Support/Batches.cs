using System.Buffers;
using System.Text;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Compression;
using OrleansStreaming.Records.Sources;

namespace OrleansStreaming.Storage.Tests.Support;

/// <summary>Batches to append, and what comes back from a read.</summary>
internal static class Batches
{
    public static ReadOnlySequence<byte> Of(params string[] values) => Of(BatchOptions.Default, ManualTime.StartMs, values);

    public static ReadOnlySequence<byte> At(long timestamp, params string[] values) => Of(BatchOptions.Default, timestamp, values);

    public static ReadOnlySequence<byte> Sized(int valueBytes, char fill = 'x') => Of(new string(fill, valueBytes));

    public static ReadOnlySequence<byte> From(long producer, int sequence, int count = 1, short epoch = 0, bool transactional = false) => Of(
        new BatchOptions { ProducerId = producer, ProducerEpoch = epoch, BaseSequence = sequence, IsTransactional = transactional },
        ManualTime.StartMs,
        [.. Enumerable.Range(sequence, count).Select(x => $"{producer}/{epoch}/{x}")]);

    public static ReadOnlySequence<byte> Marker(long producer, bool commit, short epoch = 0, int coordinatorEpoch = 0) =>
        new(new EndTransactionMarker(commit ? ControlRecordType.Commit : ControlRecordType.Abort, coordinatorEpoch).ToBatch(producer, epoch, ManualTime.StartMs));

    /// <summary>A batch as a leader would send it to a follower.</summary>
    public static ReadOnlySequence<byte> Replicated(long baseOffset, int epoch, params string[] values) =>
        Of(new BatchOptions { BaseOffset = baseOffset, PartitionLeaderEpoch = epoch }, ManualTime.StartMs, values);

    public static ReadOnlySequence<byte> Compressed(CompressionType type, params (long Timestamp, string Value)[] records) =>
        Build(new BatchOptions { Compression = type }, records);

    public static ReadOnlySequence<byte> WithTimestamps(params (long Timestamp, string Value)[] records) => Build(BatchOptions.Default, records);

    public static ReadOnlySequence<byte> Of(BatchOptions options, long timestamp, params string[] values) =>
        Build(options, [.. values.Select(x => (timestamp, x))]);

    /// <summary>The same bytes in pieces, as they lie in receive buffers.</summary>
    public static ReadOnlySequence<byte> InPieces(ReadOnlySequence<byte> bytes, int pieceBytes)
    {
        var array = bytes.ToArray();
        Piece? first = null;
        Piece? last = null;
        for (var start = 0; start < array.Length; start += pieceBytes)
        {
            var memory = array.AsMemory(start, Math.Min(pieceBytes, array.Length - start));
            last = last is null ? first = new Piece(memory, 0) : last.Append(memory);
        }

        return new ReadOnlySequence<byte>(first!, 0, last!, last!.Memory.Length);
    }

    public static ReadOnlySequence<byte> Join(params ReadOnlySequence<byte>[] batches) =>
        new(batches.SelectMany(x => x.ToArray()).ToArray());

    public static byte[] ToArray(this RecordSource source)
    {
        var bytes = new byte[source.Length];
        source.CopyTo(0, bytes);
        return bytes;
    }

    /// <summary>The whole batches of a run, decoded; a cut last batch is left out.</summary>
    public static List<(long Offset, string Value)> Decode(ReadOnlySpan<byte> bytes)
    {
        var records = new List<(long, string)>();
        while (BatchHeader.TryRead(bytes, out var header) && header.SizeInBytes <= bytes.Length)
        {
            var batch = bytes[..(int)header.SizeInBytes].ToArray();
            Assert.Equal(Records.Errors.ErrorCode.None, BatchReader.Open(new ReadOnlySequence<byte>(batch), out var reader));
            using (reader)
            {
                foreach (var record in reader!.Records())
                {
                    records.Add((record.Offset, Encoding.UTF8.GetString(record.Value)));
                }
            }

            bytes = bytes[batch.Length..];
        }

        return records;
    }

    private static ReadOnlySequence<byte> Build(BatchOptions options, (long Timestamp, string Value)[] records)
    {
        using var builder = new BatchBuilder(options);
        foreach (var (timestamp, value) in records)
        {
            builder.Append(timestamp, null, Encoding.UTF8.GetBytes(value));
        }

        return new ReadOnlySequence<byte>(builder.Build().ToArray());
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long index)
        {
            Memory = memory;
            RunningIndex = index;
        }

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
