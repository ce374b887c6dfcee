using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Topics;

/// <summary>What brokers answered when they were asked where their replicas of a topic end.</summary>
/// <param name="answers">By broker id; those that did not answer are missing.</param>
/// <param name="isFinal">See <see cref="PartitionEnds.IsFinal"/>.</param>
public sealed class TopicEnds(IReadOnlyDictionary<int, ReplicaEnds> answers, bool isFinal)
{
    public PartitionEnds Of(int partition) => new(
        answers.ToDictionary(
            answer => answer.Key,
            answer => Array.Find(answer.Value.Ends, end => end.Partition == partition) is { End.Value: > 0 } end
                ? end
                : new ReplicaEnd(partition, LeaderEpoch.None, Offset.Zero)),
        isFinal);
}
