using OrleansStreaming.Storage.Epochs;
using OrleansStreaming.Storage.Producers;

namespace OrleansStreaming.Storage.Logs;

/// <summary>A log as it was found on disk, recovered where needed.</summary>
internal sealed record LoadedLog(
    LogState State,
    LeaderEpochHistory Epochs,
    bool AreEpochsDirty,
    ProducerStates Producers,
    SnapshotFiles Snapshots,
    long FlushedTo,
    bool AreNamesUnsynced,
    LogRecovery? Recovery);
