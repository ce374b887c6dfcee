using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Brokers;

/// <summary>What to do about one replica of this broker.</summary>
/// <param name="IsBlocked">The files of a deleted namesake are in the way until the controller says to drop them.</param>
public readonly record struct ReplicaStep(TopicPartition Partition, PartitionDescription State, bool MustOpen, bool IsBlocked);
