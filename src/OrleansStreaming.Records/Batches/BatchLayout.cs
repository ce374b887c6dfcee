namespace OrleansStreaming.Records.Batches;

/// <summary>Where each field of a record batch v2 lies, in bytes from the batch's start; all integers are big-endian.</summary>
internal static class BatchLayout
{
    internal const int BaseOffset = 0;
    internal const int BatchLength = 8;
    internal const int PartitionLeaderEpoch = 12;
    internal const int Magic = 16;
    internal const int Crc = 17;

    /// <summary>The CRC covers everything from here to the end of the batch.</summary>
    internal const int Attributes = 21;
    internal const int LastOffsetDelta = 23;
    internal const int BaseTimestamp = 27;
    internal const int MaxTimestamp = 35;
    internal const int ProducerId = 43;
    internal const int ProducerEpoch = 51;
    internal const int BaseSequence = 53;
    internal const int RecordCount = 57;
    internal const int Records = 61;

    /// <summary>The base offset and the length itself, which the length field does not count.</summary>
    internal const int LengthOverhead = 12;
}
