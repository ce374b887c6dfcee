using System.Buffers;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Coordinators;

/// <summary>Reads one partition of the offsets topic from this broker's replica. Blocks on the disk: not for a grain's turn.</summary>
internal static class OffsetsLogReader
{
    /// <summary>Everything before <paramref name="end"/>, which must be committed, and how many records were not understood.</summary>
    /// <exception cref="IOException">The log cannot be read whole.</exception>
    public static (StoredGroups Groups, int Unknown) Read(ILocalReplica replica, Offset end, int bufferBytes)
    {
        var groups = new StoredGroups();
        var unknown = 0;
        var position = replica.Status.LogStart;
        while (position < end)
        {
            var read = replica.Read(position, bufferBytes, atLeastOneBatch: true, ReadIsolation.ReadUncommitted);
            using var records = read.Records;
            if (read.Error is not ErrorCode.None || records.Length == 0)
            {
                throw new IOException($"{replica.Partition} cannot be read at offset {position}: {read.Error}.");
            }

            var buffer = ArrayPool<byte>.Shared.Rent(records.Length);
            try
            {
                records.CopyTo(0, buffer.AsSpan(0, records.Length));
                position = Apply(buffer.AsMemory(0, records.Length), groups, ref unknown)
                    ?? throw new IOException($"{replica.Partition} holds no whole batch at offset {position}.");
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        return (groups, unknown);
    }

    /// <summary>Where the last whole batch ends; null when there was none.</summary>
    private static Offset? Apply(ReadOnlyMemory<byte> bytes, StoredGroups groups, ref int unknown)
    {
        Offset? next = null;
        var scanner = new BatchScanner(bytes.Span, checkCrc: false);
        while (scanner.MoveNext())
        {
            var header = scanner.Header;
            next = new Offset(header.NextOffset);
            if (header.IsControl)
            {
                continue;
            }

            var batch = new ReadOnlySequence<byte>(bytes.Slice((int)scanner.Position, (int)header.SizeInBytes));
            if (BatchReader.Open(batch, out var reader) is var error and not ErrorCode.None)
            {
                throw new IOException($"The batch at offset {header.BaseOffset} does not open: {error}.");
            }

            using (reader)
            {
                foreach (var record in reader!.Records())
                {
                    unknown += groups.Apply(record.Key, record.Value, record.HasValue) ? 0 : 1;
                }
            }
        }

        return next;
    }
}
