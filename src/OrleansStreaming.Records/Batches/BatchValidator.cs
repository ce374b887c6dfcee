using System.Buffers;
using System.Globalization;
using OrleansStreaming.Records.Checksums;
using OrleansStreaming.Records.Compression;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Records.Batches;

/// <summary>
/// Decides whether a leader may append a batch, with the error codes of Kafka's broker. Looks at every record, so that what is
/// stored can be read. Allocates nothing for an acceptable uncompressed batch; never throws on any input. Thread safe.
/// </summary>
public static class BatchValidator
{
    /// <summary>Checks that <paramref name="batch"/> is exactly one batch that keeps the rules. Changes nothing.</summary>
    public static BatchVerdict Validate(in ReadOnlySequence<byte> batch, in BatchRules rules)
    {
        if (CheckFrame(batch, rules, out BatchHeader header) is { } refusal)
        {
            return refusal;
        }

        ReadOnlySequence<byte> records = batch.Slice(BatchHeader.Size);
        RecordChecks checks = new(header, rules);
        if (header.Compression != CompressionType.None)
        {
            return ValidateCompressed(records, header, rules, ref checks);
        }

        SequenceChunks chunks = new(records);
        int stoppedAt = RecordWalk.Run(ref chunks, header.RecordCount, ref checks);
        return Conclude(header, stoppedAt, checks);
    }

    private static BatchVerdict ValidateCompressed(
        in ReadOnlySequence<byte> records, in BatchHeader header, in BatchRules rules, ref RecordChecks checks)
    {
        if (CompressionLibraries.FindMissing(header.Compression) is { } missing)
        {
            return BatchVerdict.Refuse(ErrorCode.UnsupportedCompressionType, missing.Message, header);
        }

        using Decompressor decompressor = Decompressor.Rent(header.Compression, records, rules.MaxDecompressedBytes);
        DecompressedChunks chunks = new(decompressor);
        int stoppedAt = RecordWalk.Run(ref chunks, header.RecordCount, ref checks);
        return decompressor.Fault switch
        {
            DecompressionFault.TooLarge => BatchVerdict.Refuse(
                ErrorCode.MessageTooLarge, Text($"The record batch unfolds to more than {rules.MaxDecompressedBytes} bytes."), header),
            DecompressionFault.Malformed => BatchVerdict.Refuse(
                ErrorCode.InvalidRecord, Text($"The record batch is not valid {header.Compression} data."), header),
            _ => Conclude(header, stoppedAt, checks),
        };
    }

    /// <summary>Everything that the header and the CRC tell; null when there is nothing to object.</summary>
    private static BatchVerdict? CheckFrame(in ReadOnlySequence<byte> batch, in BatchRules rules, out BatchHeader header)
    {
        long length = batch.Length;
        if (length <= BatchLayout.Magic)
        {
            header = default;
            return BatchVerdict.Refuse(ErrorCode.InvalidRecord, "There is no record batch.");
        }

        byte magic = batch.FirstSpan.Length > BatchLayout.Magic
            ? batch.FirstSpan[BatchLayout.Magic]
            : batch.Slice(BatchLayout.Magic).FirstSpan[0];
        if (magic != BatchHeader.CurrentMagic)
        {
            header = default;
            return magic < BatchHeader.CurrentMagic
                ? BatchVerdict.Refuse(ErrorCode.InvalidRecord, Text($"Message format {magic} is not accepted, only record batches of format 2."))
                : BatchVerdict.Refuse(ErrorCode.CorruptMessage, Text($"There is no message format {magic}."));
        }

        if (!BatchHeader.TryRead(batch, out header))
        {
            return BatchVerdict.Refuse(ErrorCode.CorruptMessage, "The record batch is shorter than its header.");
        }

        if (header.SizeInBytes < BatchHeader.Size)
        {
            return BatchVerdict.Refuse(ErrorCode.CorruptMessage, Text($"The batch length {header.BatchLength} is too small for a record batch."), header);
        }

        if (header.SizeInBytes != length)
        {
            return header.SizeInBytes > length
                ? BatchVerdict.Refuse(ErrorCode.InvalidRecord, Text($"The record batch has {length} of its {header.SizeInBytes} bytes."), header)
                : BatchVerdict.Refuse(ErrorCode.InvalidRecord, "There must be exactly one record batch.", header);
        }

        if (length > rules.MaxBatchBytes)
        {
            return BatchVerdict.Refuse(ErrorCode.MessageTooLarge, Text($"The record batch has {length} bytes; at most {rules.MaxBatchBytes} are allowed."), header);
        }

        if (Crc32C.Compute(batch.Slice(BatchLayout.Attributes)) != header.Crc)
        {
            return BatchVerdict.Refuse(ErrorCode.CorruptMessage, "The record batch does not match its CRC.", header);
        }

        return BatchHeaderRules.Check(header, rules);
    }

    private static BatchVerdict Conclude(in BatchHeader header, int stoppedAt, in RecordChecks checks)
    {
        if (stoppedAt == RecordWalk.Complete)
        {
            return checks.ToVerdict(header);
        }

        if (stoppedAt == header.RecordCount)
        {
            return BatchVerdict.Refuse(ErrorCode.InvalidRecord, "Bytes follow the last record of the batch.", header);
        }

        string message = Text($"Record {stoppedAt} of {header.RecordCount} is malformed or cut short.");
        return BatchVerdict.Refuse(ErrorCode.InvalidRecord, message, header, [(stoppedAt, message)]);
    }

    private static string Text(FormattableString message) => message.ToString(CultureInfo.InvariantCulture);
}
