using System.Globalization;
using OrleansStreaming.Contracts.Configs;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Storage.Logs;

namespace OrleansStreaming.Replication.Replicas;

/// <summary>The limits that apply to a topic's replicas on this broker.</summary>
public sealed record ReplicaOptions
{
    public static readonly ReplicaOptions Default = new();

    public LogOptions Log { get; init; } = LogOptions.Default;

    /// <summary><c>min.insync.replicas</c></summary>
    public int MinInSync { get; init; } = 1;

    /// <summary>From what is set on the topic, else on the broker, else Kafka's defaults. Values were validated when they were set.</summary>
    public static ReplicaOptions From(IReadOnlyDictionary<string, string> topicConfigs, BrokerConfigLayers broker)
    {
        var cleanup = Text("cleanup.policy").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new ReplicaOptions
        {
            MinInSync = (int)Number("min.insync.replicas"),
            Log = new LogOptions
            {
                SegmentBytes = (int)Number("segment.bytes"),
                SegmentMs = Number("segment.ms"),
                SegmentJitterMs = Number("segment.jitter.ms"),
                SegmentIndexBytes = (int)Number("segment.index.bytes"),
                IndexIntervalBytes = (int)Number("index.interval.bytes"),
                RetentionMs = Number("retention.ms"),
                RetentionBytes = Number("retention.bytes"),
                FileDeleteDelayMs = Number("file.delete.delay.ms"),
                FlushMessages = Number("flush.messages"),
                FlushMs = Number("flush.ms"),
                MaxMessageBytes = (int)Number("max.message.bytes"),
                TimestampType = Text("message.timestamp.type") == "LogAppendTime" ? TimestampType.LogAppendTime : TimestampType.CreateTime,
                TimestampBeforeMaxMs = Number("message.timestamp.before.max.ms"),
                TimestampAfterMaxMs = Number("message.timestamp.after.max.ms"),
                CleanupDelete = cleanup.Contains("delete"),
                CleanupCompact = cleanup.Contains("compact"),
                MinCleanableDirtyRatio = double.Parse(Text("min.cleanable.dirty.ratio"), NumberStyles.Float, CultureInfo.InvariantCulture),
                MinCompactionLagMs = Number("min.compaction.lag.ms"),
                MaxCompactionLagMs = Number("max.compaction.lag.ms"),
                DeleteRetentionMs = Number("delete.retention.ms"),
                ProducerIdExpirationMs = Parse(EffectiveConfigs.BrokerValue("producer.id.expiration.ms", broker)!),
            },
        };

        string Text(string name) => EffectiveConfigs.TopicValue(name, topicConfigs, broker);

        long Number(string name) => Parse(Text(name));
    }

    private static long Parse(string value) => long.Parse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
