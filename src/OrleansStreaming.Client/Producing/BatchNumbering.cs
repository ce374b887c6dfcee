using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Checksums;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Producing;

/// <summary>
/// Makes a finished batch ready to be sent, for the first time or again: numbers it for idempotence, and takes back what a leader
/// of this process stamped on it where it lies (base offset, epoch, log append time).
/// </summary>
internal static class BatchNumbering
{
    /// <summary>Where the bytes begin that the CRC covers: the attributes field.</summary>
    private const int Covered = 21;

    private const int LogAppendTime = 0x08;

    /// <param name="batch">The bytes.</param>
    /// <param name="producer">None without idempotence.</param>
    /// <param name="baseSequence">The first record's sequence; does not matter without idempotence.</param>
    /// <param name="maxTimestamp">The greatest timestamp of the records, milliseconds since 1970.</param>
    public static void Stamp(Span<byte> batch, ProducerId producer, int baseSequence, long maxTimestamp)
    {
        var isNumbered = producer != ProducerId.None;
        BatchHeader.TryRead(batch, out var header);
        header = header with
        {
            BaseOffset = 0,
            PartitionLeaderEpoch = BatchHeader.NoLeaderEpoch,
            Attributes = (short)(header.Attributes & ~LogAppendTime),
            MaxTimestamp = maxTimestamp,
            ProducerId = producer.Value,
            ProducerEpoch = isNumbered ? (short)0 : BatchHeader.NoProducerEpoch,
            BaseSequence = isNumbered ? baseSequence : BatchHeader.NoSequence,
        };
        header.WriteTo(batch);
        (header with { Crc = Crc32C.Compute(batch[Covered..]) }).WriteTo(batch);
    }
}
