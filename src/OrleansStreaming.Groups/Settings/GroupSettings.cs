using System.Globalization;
using OrleansStreaming.Contracts.Configs;

namespace OrleansStreaming.Groups.Settings;

/// <summary>The limits of classic groups. Names and defaults are those of Kafka's broker configs; times are in ms.</summary>
public sealed record GroupSettings
{
    public int MinSessionTimeoutMs { get; init; } = 6_000;

    public int MaxSessionTimeoutMs { get; init; } = 1_800_000;

    public int InitialRebalanceDelayMs { get; init; } = 3_000;

    public int MaxSize { get; init; } = int.MaxValue;

    /// <summary>
    /// How long a member that was not told its id yet may wait for a generation: it cannot send heartbeats, and its client may
    /// be gone. Five minutes, as in Kafka.
    /// </summary>
    public int NewMemberJoinTimeoutMs { get; init; } = 300_000;

    public int OffsetMetadataMaxBytes { get; init; } = 4_096;

    public long OffsetsRetentionMs { get; init; } = 10_080 * 60_000L;

    public long OffsetsRetentionCheckIntervalMs { get; init; } = 600_000;

    public int OffsetsLoadBufferBytes { get; init; } = 5 * 1024 * 1024;

    /// <summary>Reads the broker's configs, which cannot change while it runs.</summary>
    public static GroupSettings From(BrokerConfigLayers configs)
    {
        return new GroupSettings
        {
            MinSessionTimeoutMs = (int)Number("group.min.session.timeout.ms"),
            MaxSessionTimeoutMs = (int)Number("group.max.session.timeout.ms"),
            InitialRebalanceDelayMs = (int)Number("group.initial.rebalance.delay.ms"),
            MaxSize = (int)Number("group.max.size"),
            OffsetMetadataMaxBytes = (int)Number("offset.metadata.max.bytes"),
            OffsetsRetentionMs = Number("offsets.retention.minutes") * 60_000,
            OffsetsRetentionCheckIntervalMs = Number("offsets.retention.check.interval.ms"),
            OffsetsLoadBufferBytes = (int)Number("offsets.load.buffer.size"),
        };

        long Number(string name) => long.Parse(EffectiveConfigs.BrokerValue(name, configs)!, CultureInfo.InvariantCulture);
    }
}
