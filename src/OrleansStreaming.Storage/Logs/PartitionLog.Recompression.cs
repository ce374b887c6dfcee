using System.Buffers;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Compression;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Storage.Logs;

public sealed partial class PartitionLog
{
    /// <summary>
    /// Appends a good batch under the topic's own codec. Done before the log is taken, since it is the most work an append can be;
    /// a duplicate is found afterwards by its sequence numbers, which stay.
    /// </summary>
    private LogAppendResult AppendRecompressed(
        in ReadOnlySequence<byte> batch, LogCompression target, long maxTimestamp, LeaderEpoch epoch, BatchOrigin origin, LogOptions options, long now)
    {
        if (CompressionLibraries.FindMissing(target.Type) is { } missing)
        {
            return Refuse(ErrorCode.UnsupportedCompressionType, missing.Message);
        }

        using var rewriter = new BatchRewriter();
        if (rewriter.Recompress(batch, target.Type, target.Level, out var rewritten) is not ErrorCode.None and var error)
        {
            return Refuse(error, $"The batch cannot be stored under {target.Type}.");
        }

        if (rewritten.Length > options.MaxMessageBytes)
        {
            return Refuse(
                ErrorCode.MessageTooLarge,
                $"The record batch has {rewritten.Length} bytes under {target.Type}; at most {options.MaxMessageBytes} are allowed.");
        }

        var stored = new ReadOnlySequence<byte>(rewritten);
        return BatchHeader.TryRead(stored, out var header)
            ? Append(stored, header, maxTimestamp, epoch, origin, options, now)
            : Refuse(ErrorCode.UnknownServerError, "The rewritten batch has no header.");
    }
}
