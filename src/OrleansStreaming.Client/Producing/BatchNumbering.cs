using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Checksums;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Producing;

/// <summary>Numbers a finished batch for idempotence, also anew when a partition's numbering starts over.</summary>
internal static class BatchNumbering
{
    /// <summary>Where the bytes begin that the CRC covers: the attributes field.</summary>
    private const int Covered = 21;

    public static void Stamp(Span<byte> batch, ProducerId producer, int baseSequence)
    {
        BatchHeader.TryRead(batch, out var header);
        header = header with { ProducerId = producer.Value, ProducerEpoch = 0, BaseSequence = baseSequence };
        header.WriteTo(batch);
        (header with { Crc = Crc32C.Compute(batch[Covered..]) }).WriteTo(batch);
    }
}
