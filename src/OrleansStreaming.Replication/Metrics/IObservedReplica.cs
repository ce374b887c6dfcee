using OrleansStreaming.Contracts.Replication;

namespace OrleansStreaming.Replication.Metrics;

/// <summary>What the figures of a broker are made of; asked for only when someone reads them. Any thread.</summary>
internal interface IObservedReplica
{
    ReplicaStatus Status { get; }

    long SizeInBytes { get; }

    /// <summary>How many replicas are in sync, there are, and should be in sync at least; null when it does not lead.</summary>
    (int InSync, int All, int Least)? InSync { get; }

    /// <summary>Records that the follower furthest behind lacks, as far as it said where it stands; 0 when it does not lead.</summary>
    long MaxLag { get; }
}
