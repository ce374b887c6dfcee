using Orleans;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Cluster;

/// <summary>A broker that is up, as the controller sees it at the moment of a decision.</summary>
/// <param name="Epoch">Under which its present process registered.</param>
/// <param name="CleanSince">
/// Its oldest epoch since which every stop was clean: what it acknowledged under this epoch or a later one, it still has (KIP-966).
/// </param>
/// <param name="IsStopping">It hands its leaderships over and takes no new ones.</param>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.LivingBroker")]
public readonly record struct LivingBroker(
    [property: Id(0)] BrokerId Id,
    [property: Id(1)] long Epoch,
    [property: Id(2)] long CleanSince,
    [property: Id(3)] bool IsStopping = false);
