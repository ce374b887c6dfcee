using System.Globalization;
using OrleansStreaming.Contracts.Configs;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Assignors;

namespace OrleansStreaming.Groups.Settings;

/// <summary>The limits of groups. Names and defaults are those of Kafka's broker configs; times are in ms.</summary>
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

    /// <summary>Whether members of the consumer protocol (KIP-848) are taken at all.</summary>
    public bool OffersConsumerProtocol { get; init; } = true;

    /// <summary>Members of a consumer group, as the following.</summary>
    public int ConsumerMaxSize { get; init; } = int.MaxValue;

    /// <summary>For groups that have none of their own.</summary>
    public int ConsumerSessionTimeoutMs { get; init; } = 45_000;

    /// <summary>Between which a group's own timeout is taken to lie.</summary>
    public (int Min, int Max) ConsumerSessionTimeoutBoundsMs { get; init; } = (45_000, 60_000);

    /// <inheritdoc cref="ConsumerSessionTimeoutMs"/>
    public int ConsumerHeartbeatIntervalMs { get; init; } = 5_000;

    /// <inheritdoc cref="ConsumerSessionTimeoutBoundsMs"/>
    public (int Min, int Max) ConsumerHeartbeatIntervalBoundsMs { get; init; } = (5_000, 15_000);

    /// <summary>Those that Kafka clients may ask for, the default first.</summary>
    public IReadOnlyList<string> ConsumerAssignors { get; init; } = [AssignorNames.Uniform, AssignorNames.Range];

    /// <summary>A classic group becomes a consumer group when a member of that protocol joins.</summary>
    public bool MayUpgrade { get; init; } = true;

    /// <summary>A consumer group becomes a classic group when its last member of the consumer protocol goes.</summary>
    public bool MayDowngrade { get; init; } = true;

    /// <summary><c>offset.metadata.max.bytes</c>, which despite its name counts UTF-16 units, in Kafka too.</summary>
    public int OffsetMetadataMaxLength { get; init; } = 4_096;

    public long OffsetsRetentionMs { get; init; } = 10_080 * 60_000L;

    public long OffsetsRetentionCheckIntervalMs { get; init; } = 600_000;

    public int OffsetsLoadBufferBytes { get; init; } = 5 * 1024 * 1024;

    /// <summary>Reads the broker's configs, which cannot change while it runs.</summary>
    public static GroupSettings From(BrokerConfigLayers configs)
    {
        var policy = Text("group.consumer.migration.policy");
        return new GroupSettings
        {
            MinSessionTimeoutMs = (int)Number("group.min.session.timeout.ms"),
            MaxSessionTimeoutMs = (int)Number("group.max.session.timeout.ms"),
            InitialRebalanceDelayMs = (int)Number("group.initial.rebalance.delay.ms"),
            MaxSize = (int)Number("group.max.size"),
            OffersConsumerProtocol = Text("group.coordinator.rebalance.protocols").Split(',', StringSplitOptions.TrimEntries).Contains("consumer"),
            ConsumerMaxSize = (int)Number("group.consumer.max.size"),
            ConsumerSessionTimeoutMs = (int)Within("group.consumer.", "session.timeout.ms"),
            ConsumerSessionTimeoutBoundsMs = Bounds("session.timeout.ms"),
            ConsumerHeartbeatIntervalMs = (int)Within("group.consumer.", "heartbeat.interval.ms"),
            ConsumerHeartbeatIntervalBoundsMs = Bounds("heartbeat.interval.ms"),
            ConsumerAssignors = AssignorsOf(Text("group.consumer.assignors")),
            MayUpgrade = policy is "bidirectional" or "upgrade",
            MayDowngrade = policy is "bidirectional" or "downgrade",
            OffsetMetadataMaxLength = (int)Number("offset.metadata.max.bytes"),
            OffsetsRetentionMs = Number("offsets.retention.minutes") * 60_000,
            OffsetsRetentionCheckIntervalMs = Number("offsets.retention.check.interval.ms"),
            OffsetsLoadBufferBytes = (int)Number("offsets.load.buffer.size"),
        };

        string Text(string name) => EffectiveConfigs.BrokerValue(name, configs)!;

        long Number(string name) => long.Parse(Text(name), CultureInfo.InvariantCulture);

        (int Min, int Max) Bounds(string name) => ((int)Number($"group.consumer.min.{name}"), (int)Number($"group.consumer.max.{name}"));

        long Within(string prefix, string name) =>
            Math.Max(Math.Min(Number(prefix + name), Number($"{prefix}max.{name}")), Number($"{prefix}min.{name}"));
    }

    /// <summary>Names that are not known here, as of Java classes, are passed over.</summary>
    private static string[] AssignorsOf(string list)
    {
        string[] known = [.. list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(AssignorCatalog.Contains).Except([AssignorNames.KeyBased])];
        return known.Length > 0 ? known : [AssignorNames.Uniform];
    }
}
