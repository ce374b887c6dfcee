using OrleansStreaming.Storage.Producers;

namespace OrleansStreaming.Storage.Compaction;

/// <summary>What decides, beside the keys, whether a record stays.</summary>
/// <param name="Now">Milliseconds since 1970.</param>
/// <param name="DeleteRetentionMs">How long a tombstone or a marker stays after it was first met.</param>
/// <param name="End">The end of the part that is compacted: its last batch stays, so that the log never gets shorter.</param>
/// <param name="Producers">The last batch of each producer that the log still knows.</param>
internal sealed record CompactionRules(
    long Now, long DeleteRetentionMs, long End, IReadOnlyDictionary<long, ProducerTail> Producers);
