namespace OrleansStreaming.Records.Batches;

/// <summary>What the timestamps of a batch mean (bit 3 of its attributes, <c>message.timestamp.type</c>; KIP-32).</summary>
public enum TimestampType : byte
{
    /// <summary>Each record carries the time its producer gave it.</summary>
    CreateTime = 0,

    /// <summary>The broker's clock at append counts for every record; it stands in the batch's max timestamp.</summary>
    LogAppendTime = 1,
}
