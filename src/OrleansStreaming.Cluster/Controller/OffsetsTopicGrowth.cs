using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>
/// The offsets topic is created with as many replicas as there are brokers, so that a first broker can serve groups alone. When
/// others join, it gets the rest of <c>offsets.topic.replication.factor</c>. Only joining sets this off: who takes replicas away
/// by hand, to empty a broker, is not worked against. For the turns of the controller grain.
/// </summary>
internal sealed class OffsetsTopicGrowth(ControllerTerm term, TopicCalls topics, int replicationFactor)
{
    private TopicId _topic;
    private LivingBrokers _grownFor = LivingBrokers.None;

    /// <summary>Looks whether brokers have come since the last look; what fails is tried again by the next.</summary>
    public async Task LookAsync()
    {
        if (!term.State.Topics.TryGetValue(OffsetsTopic.Name, out var entry) || term.Machine.Metadata.Find(new TopicId(entry.Id)) is not { } topic)
        {
            return;
        }

        var living = term.Living();
        if (topic.Id == _topic && living.Ids.All(id => _grownFor.IsSameProcess(id, living.EpochOf(id))))
        {
            return;
        }

        var moves = ReplicaGrowth.Decide(topic, AssignmentRules.Candidates(term.State, living), replicationFactor);
        var isHeldUp = ReplicaGrowth.IsHeldUp(topic, replicationFactor);
        if ((moves.Length == 0 || await IsDoneAsync(topic, moves)) && !isHeldUp)
        {
            (_topic, _grownFor) = (topic.Id, living);
        }
    }

    private async Task<bool> IsDoneAsync(TopicDescription topic, PartitionReassignment[] moves)
    {
        var outcomes = await topics.ReassignAsync([(topic, moves)], allowReplicationFactorChange: true);
        return outcomes.TryGetValue(topic.Name, out var results) && Array.TrueForAll(results, static outcome => outcome.Error is ErrorCode.None);
    }
}
