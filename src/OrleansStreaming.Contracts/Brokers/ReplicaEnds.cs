using Orleans;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Brokers;

/// <summary>Where a broker's replicas of one topic end.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.ReplicaEnds")]
public sealed class ReplicaEnds
{
    /// <summary>Under which the process that answers is registered; -1 when it is not, and its replicas are not open.</summary>
    [Id(0)] public long BrokerEpoch { get; init; } = -1;

    /// <summary>One for each replica that is open; the others have nothing.</summary>
    [Id(1)] public ReplicaEnd[] Ends { get; init; } = [];
}

/// <summary>How far a replica holds the records of its partition, up to the end of its log or the first damage that was found.</summary>
/// <param name="LastEpoch">The leader epoch of the last of these records; none without any.</param>
/// <param name="End">One past the last of them.</param>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.ReplicaEnd")]
public readonly record struct ReplicaEnd(
    [property: Id(0)] int Partition, [property: Id(1)] LeaderEpoch LastEpoch, [property: Id(2)] Offset End);
