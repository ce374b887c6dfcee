using static OrleansStreaming.Contracts.Configs.ConfigScope;

namespace OrleansStreaming.Contracts.Configs;

/// <summary>
/// Every config that can be set on a topic: names, types, defaults and limits of Apache Kafka 4. All are dynamic.
/// </summary>
public static class TopicConfigs
{
    private const int DayMs = 24 * 60 * 60 * 1000;

    public static IReadOnlyDictionary<string, ConfigDefinition> All { get; } = Build();

    /// <summary>Null when a topic may have this config with this value, else why not; unknown names are refused.</summary>
    public static string? Validate(string name, string value) =>
        !All.TryGetValue(name, out var definition)
            ? $"Unknown topic config name: {name}"
            : definition.Validate(value) is { } reason ? $"Invalid value '{value}' for {name}: {reason}." : null;

    /// <summary>
    /// Null when a topic's own configs fit together, else why not: the rules that look at more than one value, to be checked
    /// beside <see cref="Validate"/>. The values of <paramref name="get"/> are effective ones.
    /// </summary>
    public static string? ValidateTogether(Func<string, string?> get)
    {
        if (long.TryParse(get("min.compaction.lag.ms"), out var least) && long.TryParse(get("max.compaction.lag.ms"), out var most) && least > most)
        {
            return $"min.compaction.lag.ms ({least}) must not exceed max.compaction.lag.ms ({most}).";
        }

        return bool.TryParse(get("remote.storage.enable"), out var remote) && remote
            ? "remote.storage.enable: this broker has no tiered storage."
            : null;
    }

    private static IReadOnlyDictionary<string, ConfigDefinition> Build() => new ConfigTable()
        .List("cleanup.policy", "delete", "What happens to old segments: delete removes them by age and size, compact keeps the last record of each key. Both may be given.", Dynamic, "log.cleanup.policy", ConfigRules.ListOf("compact", "delete"))
        .Int("compression.gzip.level", -1, "gzip level used when compression.type is gzip: 1 to 9, or -1 for the library's default.", Dynamic, "compression.gzip.level", ConfigRules.GzipLevel)
        .Int("compression.lz4.level", 9, "lz4 level used when compression.type is lz4.", Dynamic, "compression.lz4.level", 1, 17)
        .String("compression.type", "producer", "How batches are stored. 'producer' keeps what the producer chose.", Dynamic, "compression.type", ConfigRules.OneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"))
        .Int("compression.zstd.level", 3, "zstd level used when compression.type is zstd.", Dynamic, "compression.zstd.level", -131072, 22)
        .Long("delete.retention.ms", DayMs, "How long the tombstones of a compacted topic stay readable, in ms.", Dynamic, "log.cleaner.delete.retention.ms", 0)
        .Long("file.delete.delay.ms", 60_000, "How long a removed segment's file stays on disk for those who still read it, in ms.", Dynamic, "log.segment.delete.delay.ms", 0)
        .Long("flush.messages", long.MaxValue, "Records after which the log is forced to disk. By default replication and the operating system do.", Dynamic, "log.flush.interval.messages", 1)
        .Long("flush.ms", long.MaxValue, "Time after which appended records are forced to disk, in ms.", Dynamic, "log.flush.interval.ms", 0)
        .List("follower.replication.throttled.replicas", "", "Replicas whose catching up is throttled on the follower: partition:broker pairs, or '*'.", Dynamic, null, ConfigRules.ThrottledReplicas)
        .Int("index.interval.bytes", 4096, "Bytes of log between two entries of the offset index.", Dynamic, "log.index.interval.bytes", 0)
        .List("leader.replication.throttled.replicas", "", "Replicas whose catching up is throttled on the leader: partition:broker pairs, or '*'.", Dynamic, null, ConfigRules.ThrottledReplicas)
        .Long("local.retention.bytes", -2, "With tiered storage, bytes kept on local disk; -2 means retention.bytes.", Dynamic, "log.local.retention.bytes", -2)
        .Long("local.retention.ms", -2, "With tiered storage, time kept on local disk, in ms; -2 means retention.ms.", Dynamic, "log.local.retention.ms", -2)
        .Long("max.compaction.lag.ms", long.MaxValue, "Longest time a record may stay uncompacted, in ms.", Dynamic, "log.cleaner.max.compaction.lag.ms", 1)
        .Int("max.message.bytes", 1024 * 1024 + 12, "Largest record batch accepted, in bytes, as it is sent.", Dynamic, "message.max.bytes", 0)
        .Long("message.timestamp.after.max.ms", 3_600_000, "How far a record's create time may lie after the broker's clock, in ms.", Dynamic, "log.message.timestamp.after.max.ms", 0)
        .Long("message.timestamp.before.max.ms", long.MaxValue, "How far a record's create time may lie before the broker's clock, in ms.", Dynamic, "log.message.timestamp.before.max.ms", 0)
        .String("message.timestamp.type", "CreateTime", "Whose clock stamps the records: the producer's or the broker's.", Dynamic, "log.message.timestamp.type", ConfigRules.OneOf("CreateTime", "LogAppendTime"))
        .Double("min.cleanable.dirty.ratio", "0.5", "Share of a compacted log that must be dirty before it is compacted.", Dynamic, "log.cleaner.min.cleanable.ratio", 0, 1)
        .Long("min.compaction.lag.ms", 0, "Shortest time a record stays uncompacted, in ms.", Dynamic, "log.cleaner.min.compaction.lag.ms", 0)
        .Int("min.insync.replicas", 1, "In-sync replicas that must exist for acks=all to be accepted and committed.", Dynamic, "min.insync.replicas", 1)
        .Boolean("preallocate", false, "Allocate a segment's file at its full size when it is created.", Dynamic, "log.preallocate")
        .Boolean("remote.log.copy.disable", false, "With tiered storage: stop copying segments to the remote store.", Dynamic)
        .Boolean("remote.log.delete.on.disable", false, "With tiered storage: delete remote segments when tiering is switched off.", Dynamic)
        .Boolean("remote.storage.enable", false, "Tiered storage for this topic.", Dynamic)
        .Long("retention.bytes", -1, "Bytes a partition may hold before its oldest segments are deleted; -1 is no limit.", Dynamic, "log.retention.bytes")
        .Long("retention.ms", 7L * DayMs, "Age at which segments are deleted, in ms; -1 is no limit.", Dynamic, "log.retention.ms", -1)
        .Int("segment.bytes", 1024 * 1024 * 1024, "Size at which a new segment file is begun, in bytes.", Dynamic, "log.segment.bytes", 1024 * 1024)
        .Int("segment.index.bytes", 10 * 1024 * 1024, "Largest size of a segment's index file, in bytes.", Dynamic, "log.index.size.max.bytes", 4)
        .Long("segment.jitter.ms", 0, "Random time taken off segment.ms, in ms, so that partitions do not roll all at once.", Dynamic, "log.roll.jitter.ms", 0)
        .Long("segment.ms", 7L * DayMs, "Age at which a new segment file is begun, in ms.", Dynamic, "log.roll.ms", 1)
        .Boolean("unclean.leader.election.enable", false, "Allow a replica outside the in-sync set to become leader, losing records.", Dynamic, "unclean.leader.election.enable")
        .Build();
}
