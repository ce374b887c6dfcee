namespace OrleansStreaming.Storage.Indexes;

/// <summary>
/// One aborted transaction: its first record, its marker, and the last stable offset right after the marker was written.
/// </summary>
internal readonly record struct AbortedTransactionEntry(long ProducerId, long FirstOffset, long LastOffset, long LastStableOffset);
