using System.Buffers;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Replicas;

internal sealed partial class LocalReplica
{
    /// <summary>Whole batches from the offset on, at least one; false when there are none to be had.</summary>
    private bool TryRead(Offset from, int maxBytes, out byte[]? buffer, out ReadOnlyMemory<byte> records)
    {
        buffer = null;
        records = default;
        var read = _log.Read(from, _log.LogEnd, maxBytes, atLeastOneBatch: true);
        using var source = read.Records;
        if (read.Error != ErrorCode.None || source.Length == 0)
        {
            OnUnreadable(read.Error);
            return false;
        }

        buffer = ArrayPool<byte>.Shared.Rent(source.Length);
        try
        {
            source.CopyTo(0, buffer.AsSpan(0, source.Length));
            var whole = WholeBatches(buffer.AsSpan(0, source.Length));
            records = buffer.AsMemory(0, whole);
            if (whole > 0)
            {
                return true;
            }

            OnUnreadable(ErrorCode.CorruptMessage);
        }
        catch (IOException)
        {
            // Cut away meanwhile, or the disk refuses: the next try tells.
        }

        ArrayPool<byte>.Shared.Return(buffer);
        buffer = null;
        return false;
    }

    private static int WholeBatches(ReadOnlySpan<byte> bytes)
    {
        var scanner = new BatchScanner(bytes, checkCrc: false);
        while (scanner.MoveNext())
        {
        }

        return (int)scanner.Position;
    }
}
