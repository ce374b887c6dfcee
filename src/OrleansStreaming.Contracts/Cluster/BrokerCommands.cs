using Orleans;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Cluster;

/// <summary>A registered broker has recovered its logs and can lead.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.AnnounceReadyCommand")]
public sealed class AnnounceReadyCommand
{
    [Id(0)] public required BrokerId Broker { get; init; }

    /// <summary>The incarnation it registered with; another one means that a newer process of that broker took over.</summary>
    [Id(1)] public required Guid Incarnation { get; init; }

    /// <summary>The deleted topics whose files it removed, of those named by <see cref="RegisterBrokerResult.DeletedTopics"/>.</summary>
    [Id(2)] public IReadOnlyList<TopicId> DroppedTopics { get; init; } = [];
}

[GenerateSerializer, Immutable, Alias("OrleansStreaming.AnnounceReadyResult")]
public sealed class AnnounceReadyResult
{
    /// <summary>STALE_BROKER_EPOCH when another incarnation registered since, BROKER_ID_NOT_REGISTERED when none did.</summary>
    [Id(0)] public ErrorCode Error { get; init; }

    /// <summary>The broker's leaderships are visible in metadata of this version and later.</summary>
    [Id(1)] public long MetadataVersion { get; init; }
}
