using Orleans;

namespace OrleansStreaming.Cluster.Topics;

/// <summary>
/// One partition as it is written down. Never changed in place. Primitive types only: this is a file format.
/// </summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.PartitionState")]
public sealed record PartitionState
{
    public const int NoLeader = -1;

    /// <summary>Broker ids, the preferred leader first.</summary>
    [Id(0)] public int[] Replicas { get; init; } = [];

    /// <summary>The in-sync replicas; never empty, so that the last replica standing is remembered.</summary>
    [Id(1)] public int[] InSync { get; init; } = [];

    [Id(2)] public int Leader { get; init; } = NoLeader;

    [Id(3)] public int LeaderEpoch { get; init; }

    [Id(4)] public int PartitionEpoch { get; init; }
}
