namespace OrleansStreaming.Records.Batches;

/// <summary>How far a <see cref="BatchScanner"/> has come.</summary>
public enum BatchScanStatus : byte
{
    /// <summary>There may be more batches.</summary>
    Scanning = 0,

    /// <summary>The run ended exactly after its last batch.</summary>
    End,

    /// <summary>The run ends in the middle of a batch.</summary>
    Truncated,

    /// <summary>The bytes are not a batch of format v2: wrong length, magic, offset range, or CRC.</summary>
    Corrupt,
}
