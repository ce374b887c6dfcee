using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Admin;

/// <summary>A move of a partition that is under way.</summary>
/// <param name="Partition">What is moved.</param>
/// <param name="Replicas">All replicas for the time being, preferred leader first.</param>
/// <param name="Adding">Those that are catching up to join.</param>
/// <param name="Removing">Those that go when it is done.</param>
public sealed record ReassignmentInfo(
    TopicPartition Partition, IReadOnlyList<BrokerId> Replicas, IReadOnlyList<BrokerId> Adding, IReadOnlyList<BrokerId> Removing);
