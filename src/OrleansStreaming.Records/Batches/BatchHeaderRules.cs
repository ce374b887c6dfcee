using System.Globalization;
using OrleansStreaming.Records.Compression;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Records.Batches;

/// <summary>The rules that a batch's header can break once its CRC is known to be right.</summary>
internal static class BatchHeaderRules
{
    /// <summary>The refusal, or null when the header keeps the rules.</summary>
    internal static BatchVerdict? Check(in BatchHeader header, in BatchRules rules)
    {
        if (rules.Origin == BatchOrigin.Client)
        {
            if (header.BaseOffset != 0)
            {
                return Invalid(header, $"The base offset of a new record batch must be 0 and is {header.BaseOffset}.");
            }

            if (header.IsControl)
            {
                return Invalid(header, $"A client may not write control records.");
            }
        }

        if (header.RecordCount <= 0)
        {
            return Invalid(header, $"The record count {header.RecordCount} is not positive.");
        }

        if (header.LastOffsetDelta != header.RecordCount - 1)
        {
            return Invalid(header, $"The last offset delta {header.LastOffsetDelta} does not fit {header.RecordCount} records.");
        }

        if (header.HasProducerId && header.BaseSequence < 0 && !header.IsControl)
        {
            return Invalid(header, $"The batch of producer {header.ProducerId} has the sequence number {header.BaseSequence}.");
        }

        if (header.IsTransactional && !header.HasProducerId)
        {
            return Invalid(header, $"A transactional batch needs a producer id.");
        }

        if (header.Compression > CompressionType.Zstd)
        {
            return BatchVerdict.Refuse(
                ErrorCode.UnsupportedCompressionType,
                string.Create(CultureInfo.InvariantCulture, $"There is no compression type {(int)header.Compression}."),
                header);
        }

        return header.TimestampType == TimestampType.LogAppendTime
            ? BatchVerdict.Refuse(ErrorCode.InvalidTimestamp, "A producer may not set the timestamp type to LogAppendTime.", header)
            : null;
    }

    private static BatchVerdict Invalid(in BatchHeader header, FormattableString message) =>
        BatchVerdict.Refuse(ErrorCode.InvalidRecord, message.ToString(CultureInfo.InvariantCulture), header);
}
