using OrleansStreaming.Contracts.Cluster;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>An election to hold in one topic; in all partitions when none are named.</summary>
internal sealed record TopicElection(
    TopicDescription Topic, ElectionKind Kind, int[]? Partitions = null, LeaderResignation? Resignation = null);
