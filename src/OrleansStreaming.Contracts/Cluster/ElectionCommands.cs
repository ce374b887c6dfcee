using Orleans;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Cluster;

/// <summary>Which leader an election looks for.</summary>
public enum ElectionKind : byte
{
    /// <summary>Any that may lead; who leads rightfully stays.</summary>
    Living = 0,

    /// <summary>The first replica, when it may lead; else as <see cref="Living"/>.</summary>
    Preferred = 1,

    /// <summary>As <see cref="Living"/>, and where nobody may lead, any living replica: records may be lost.</summary>
    Unclean = 2,
}

/// <summary>Hold elections in one topic.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.ElectTopicCommand")]
public sealed class ElectTopicCommand
{
    [Id(0)] public required TopicId TopicId { get; init; }

    /// <summary>All brokers that are up; everybody else is taken for dead.</summary>
    [Id(1)] public required LivingBroker[] Living { get; init; }

    [Id(2)] public ElectionKind Kind { get; init; }

    /// <summary>Null: all partitions.</summary>
    [Id(3)] public int[]? Partitions { get; init; }

    /// <summary>What <c>unclean.leader.election.enable</c> is where the topic does not say.</summary>
    [Id(4)] public bool IsUncleanAllowedByDefault { get; init; }

    /// <summary>A leader that cannot go on, in its own words.</summary>
    [Id(5)] public LeaderResignation? Resignation { get; init; }

    /// <summary>The term of the controller that asks: one that has a successor is refused with STALE_CONTROLLER_EPOCH.</summary>
    [Id(6)] public int ControllerTerm { get; init; }
}

/// <summary>
/// A leader whose log is damaged or whose disk refuses gives up: another sound in-sync or eligible replica leads, and the one
/// that resigned leaves the in-sync set, unless there is no other.
/// </summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.LeaderResignation")]
public sealed class LeaderResignation
{
    [Id(0)] public required TopicId TopicId { get; init; }

    [Id(1)] public required int Partition { get; init; }

    [Id(2)] public required BrokerId Leader { get; init; }

    /// <summary>The epoch it gives up; in another one the resignation means nothing any more.</summary>
    [Id(3)] public required LeaderEpoch LeaderEpoch { get; init; }

    /// <summary>Why, for the log, e.g. <see cref="ErrorCode.KafkaStorageError"/> or <see cref="ErrorCode.CorruptMessage"/>.</summary>
    [Id(4)] public ErrorCode Reason { get; init; } = ErrorCode.KafkaStorageError;

    /// <summary>It holds everything it ever acknowledged, e.g. because its disk is merely full: it stays eligible (KIP-966).</summary>
    [Id(5)] public bool HasLostNothing { get; init; }
}

/// <summary>Move partitions of one topic.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.ReassignTopicCommand")]
public sealed class ReassignTopicCommand
{
    [Id(0)] public required TopicId TopicId { get; init; }

    /// <summary>Their <see cref="PartitionReassignment.Topic"/> is this topic's name.</summary>
    [Id(1)] public required PartitionReassignment[] Partitions { get; init; }

    [Id(2)] public required LivingBroker[] Living { get; init; }

    [Id(3)] public bool AllowReplicationFactorChange { get; init; } = true;

    [Id(4)] public bool IsUncleanAllowedByDefault { get; init; }

    /// <summary>See <see cref="ElectTopicCommand.ControllerTerm"/>.</summary>
    [Id(5)] public int ControllerTerm { get; init; }
}

/// <summary>What became of the moves: one outcome for each, and the topic as it now is.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.ReassignTopicResult")]
public sealed class ReassignTopicResult
{
    [Id(0)] public required PartitionOutcome[] Outcomes { get; init; }

    /// <summary>Null when the topic is not known under that id.</summary>
    [Id(1)] public TopicDescription? Topic { get; init; }
}
