using Orleans;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Groups;

/// <summary>Member epochs with a meaning of their own (KIP-848).</summary>
public static class MemberEpochs
{
    /// <summary>Joins, or joins again, and owns nothing.</summary>
    public const int Join = 0;

    public const int Leave = -1;

    /// <summary>A static member goes for a while and keeps its partitions until its session ends.</summary>
    public const int LeaveForNow = -2;
}

/// <summary>Partitions of one topic; of key-based groups, units of <see cref="KeySlots"/>.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.TopicPartitions")]
public sealed class TopicPartitions
{
    [Id(0)] public required TopicId TopicId { get; init; }

    [Id(1)] public required int[] Partitions { get; init; }
}

/// <summary>
/// A member of a consumer group (KIP-848) joins, says that it is alive and what it owns, or leaves. What has not changed since its
/// last heartbeat may be null; when joining, timeout, subscription and owned partitions (none) must be there.
/// </summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.ConsumerHeartbeatCommand")]
public sealed class ConsumerHeartbeatCommand
{
    /// <summary>The member's own choice, unique for ever; "" has one made.</summary>
    [Id(0)] public required string MemberId { get; init; }

    /// <summary>As in the last answer, or one of <see cref="MemberEpochs"/>.</summary>
    [Id(1)] public required int MemberEpoch { get; init; }

    /// <summary>Set for static members.</summary>
    [Id(2)] public string? InstanceId { get; init; }

    [Id(3)] public string? RackId { get; init; }

    /// <summary>How long it may take to give partitions up, in ms; -1 when unchanged.</summary>
    [Id(4)] public int RebalanceTimeoutMs { get; init; } = -1;

    [Id(5)] public string[]? TopicNames { get; init; }

    /// <summary>Topics whose whole name matches, in addition to those named; "" for none any more.</summary>
    [Id(6)] public string? TopicRegex { get; init; }

    /// <summary>One of <see cref="AssignorNames"/>; the one that most members want is taken.</summary>
    [Id(7)] public string? Assignor { get; init; }

    /// <summary>What it owns now: partitions it was to give up and that are not here are free for others.</summary>
    [Id(8)] public TopicPartitions[]? Owned { get; init; }

    [Id(9)] public string ClientId { get; init; } = "";

    [Id(10)] public string ClientHost { get; init; } = "";

    /// <summary>The member is no Kafka client and may ask for any assignor.</summary>
    [Id(11)] public bool IsNative { get; init; }
}

/// <summary>
/// The member's epoch, and its partitions when they have changed. Errors: UNKNOWN_MEMBER_ID and FENCED_MEMBER_EPOCH (give up
/// everything and join anew), UNRELEASED_INSTANCE_ID, FENCED_INSTANCE_ID, UNSUPPORTED_ASSIGNOR, INVALID_REGULAR_EXPRESSION,
/// INVALID_REQUEST, GROUP_MAX_SIZE_REACHED, GROUP_ID_NOT_FOUND (a classic group that does not move), INCONSISTENT_GROUP_PROTOCOL
/// (key-based members among others).
/// </summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.ConsumerHeartbeatResult")]
public sealed class ConsumerHeartbeatResult
{
    [Id(0)] public ErrorCode Error { get; init; }

    [Id(1)] public string? ErrorMessage { get; init; }

    [Id(2)] public string MemberId { get; init; } = "";

    [Id(3)] public int MemberEpoch { get; init; }

    [Id(4)] public int HeartbeatIntervalMs { get; init; }

    /// <summary>All that the member may own now; null when that has not changed.</summary>
    [Id(5)] public TopicPartitions[]? Assignment { get; init; }
}

/// <summary>A consumer group with its members. GROUP_ID_NOT_FOUND: there is none of that name, or it is a classic one.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.ConsumerGroupDescription")]
public sealed class ConsumerGroupDescription
{
    [Id(0)] public ErrorCode Error { get; init; }

    [Id(1)] public GroupState State { get; init; }

    [Id(2)] public int GroupEpoch { get; init; }

    /// <summary>The group epoch whose members and topics the target assignment was made for.</summary>
    [Id(3)] public int AssignmentEpoch { get; init; }

    [Id(4)] public string Assignor { get; init; } = "";

    [Id(5)] public DescribedConsumer[] Members { get; init; } = [];
}

[GenerateSerializer, Immutable, Alias("OrleansStreaming.DescribedConsumer")]
public sealed class DescribedConsumer
{
    [Id(0)] public required string MemberId { get; init; }

    [Id(1)] public string? InstanceId { get; init; }

    [Id(2)] public string? RackId { get; init; }

    [Id(3)] public required int MemberEpoch { get; init; }

    [Id(4)] public required string ClientId { get; init; }

    [Id(5)] public required string ClientHost { get; init; }

    [Id(6)] public string[] TopicNames { get; init; } = [];

    [Id(7)] public string? TopicRegex { get; init; }

    [Id(8)] public TopicPartitions[] Assignment { get; init; } = [];

    [Id(9)] public TopicPartitions[] Target { get; init; } = [];

    /// <summary>It speaks the classic protocol, in a group on its way from one protocol to the other.</summary>
    [Id(10)] public bool IsClassic { get; init; }
}
