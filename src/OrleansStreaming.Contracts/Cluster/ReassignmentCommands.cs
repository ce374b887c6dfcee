using Orleans;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Cluster;

/// <summary>Move partitions to other brokers, or stop moving them (KIP-455).</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.AlterReassignmentsCommand")]
public sealed class AlterReassignmentsCommand
{
    [Id(0)] public required PartitionReassignment[] Partitions { get; init; }

    /// <summary>Whether a reassignment may change how many replicas a partition has (KIP-860).</summary>
    [Id(1)] public bool AllowReplicationFactorChange { get; init; } = true;
}

[GenerateSerializer, Immutable, Alias("OrleansStreaming.PartitionReassignment")]
public sealed class PartitionReassignment
{
    [Id(0)] public required string Topic { get; init; }

    [Id(1)] public required int Partition { get; init; }

    /// <summary>The replicas it shall have, preferred leader first; null: cancel the move that is under way.</summary>
    [Id(2)] public BrokerId[]? Replicas { get; init; }
}

/// <summary>Elect leaders on demand (KIP-460).</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.ElectLeadersCommand")]
public sealed class ElectLeadersCommand
{
    /// <summary>False: the preferred leader, when it is in sync. True: any living replica where there is no leader.</summary>
    [Id(0)] public bool IsUnclean { get; init; }

    /// <summary>Null: all partitions of all topics.</summary>
    [Id(1)] public TopicPartition[]? Partitions { get; init; }
}

/// <summary>One outcome for each partition that was named, or that was touched when none was.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.PartitionCommandResult")]
public sealed class PartitionCommandResult
{
    [Id(0)] public required PartitionOutcome[] Outcomes { get; init; }

    /// <summary>The effect is visible in metadata of this version and later.</summary>
    [Id(1)] public long MetadataVersion { get; init; }
}

[GenerateSerializer, Immutable, Alias("OrleansStreaming.PartitionOutcome")]
public sealed class PartitionOutcome
{
    [Id(0)] public required string Topic { get; init; }

    [Id(1)] public required int Partition { get; init; }

    [Id(2)] public ErrorCode Error { get; init; }

    [Id(3)] public string? ErrorMessage { get; init; }
}

/// <summary>A broker is about to stop and wants to lead nothing any more.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.BeginShutdownCommand")]
public sealed class BeginShutdownCommand
{
    [Id(0)] public required BrokerId Broker { get; init; }

    /// <summary>The epoch it registered under; STALE_BROKER_EPOCH when a newer process registered since.</summary>
    [Id(1)] public required long BrokerEpoch { get; init; }
}

[GenerateSerializer, Immutable, Alias("OrleansStreaming.BeginShutdownResult")]
public sealed class BeginShutdownResult
{
    [Id(0)] public ErrorCode Error { get; init; }

    /// <summary>Partitions that it still leads, because no other in-sync replica lives.</summary>
    [Id(1)] public int RemainingLeaders { get; init; }

    /// <summary>The moves are visible in metadata of this version and later.</summary>
    [Id(2)] public long MetadataVersion { get; init; }
}

/// <summary>Forget a broker that is gone for good.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.UnregisterBrokerCommand")]
public sealed class UnregisterBrokerCommand
{
    [Id(0)] public required BrokerId Broker { get; init; }
}
