using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Assignors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Schemas;

/// <summary>A topic that a consumer group subscribes to, as it was when partitions were last assigned.</summary>
internal readonly record struct SubscribedTopic(TopicId Id, string Name, int PartitionCount);

/// <summary>How far a member has come on its way to its target; the numbers are Kafka's.</summary>
internal enum ConsumerMemberState : sbyte
{
    Stable = 0,

    /// <summary>It has to give up partitions before it may go on.</summary>
    UnrevokedPartitions = 1,

    /// <summary>It waits for partitions that others have to give up.</summary>
    UnreleasedPartitions = 2,
}

/// <summary>What a member said of itself.</summary>
internal sealed record MemberRecord
{
    public string? InstanceId { get; init; }

    public string? RackId { get; init; }

    public required string ClientId { get; init; }

    public required string ClientHost { get; init; }

    public string[] TopicNames { get; init; } = [];

    public string? TopicRegex { get; init; }

    public int RebalanceTimeoutMs { get; init; } = -1;

    public string? Assignor { get; init; }

    /// <summary>Set while the member speaks the classic protocol.</summary>
    public ClassicMemberRecord? Classic { get; init; }
}

internal sealed record ClassicMemberRecord(int SessionTimeoutMs, JoinProtocol[] Protocols);

/// <summary>What a member has, and what it has to give up.</summary>
internal sealed record CurrentAssignmentRecord(int Epoch, int PreviousEpoch, ConsumerMemberState State, PartitionSet Assigned, PartitionSet Revoking);

/// <summary>The topics that a regular expression stood for, by the metadata of a version.</summary>
internal sealed record RegexRecord(string[] Topics, long MetadataVersion, long Timestamp);
