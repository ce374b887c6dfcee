namespace OrleansStreaming.Storage.Logs;

/// <summary>What opening a log after an unclean shutdown found.</summary>
/// <param name="BytesChecked">Bytes whose CRCs were computed.</param>
/// <param name="BytesCut">Bytes at the end that were no whole, correct batches.</param>
/// <param name="LostSyncedRecords">
/// Records were lost that had been synced: the disk or somebody damaged the file. What other replicas have must win.
/// </param>
/// <param name="IsTorn">
/// What was cut is one batch without its end, as a process leaves it that is killed in the middle of a write: nobody was ever told
/// that it is there.
/// </param>
public readonly record struct LogRecovery(long BytesChecked, long BytesCut, bool LostSyncedRecords, bool IsTorn = false);
