using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>
/// Decisions about deleting topics. The intent is written first; the topic grain, then each broker, forgets; the entry goes
/// when all have. A broker that was away learns of it when it registers. Pure.
/// </summary>
internal static class TopicDeletions
{
    public static ControllerDecision Decide(ControllerState state, DeleteTopicCommand command, Func<TopicId, TopicDescription?> find)
    {
        if (command.Name is null && command.TopicId == TopicId.None)
        {
            return ControllerDecision.Refuse(state, ErrorCode.InvalidRequest, "Neither a topic name nor a topic id was given.");
        }

        var (name, entry) = command.Name is { } given
            ? (given, state.Topics.GetValueOrDefault(given))
            : state.Topics.Where(topic => topic.Value.Id == command.TopicId.Value).Select(topic => (topic.Key, (TopicEntry?)topic.Value)).FirstOrDefault();
        if (entry is null)
        {
            return command.Name is not null
                ? ControllerDecision.Refuse(state, ErrorCode.UnknownTopicOrPartition, $"There is no topic '{command.Name}'.")
                : ControllerDecision.Refuse(state, ErrorCode.UnknownTopicId, $"There is no topic with id {command.TopicId}.");
        }

        if (command.TopicId != TopicId.None && entry.Id != command.TopicId.Value)
        {
            return ControllerDecision.Refuse(state, ErrorCode.UnknownTopicId, $"Topic '{name}' has another id than {command.TopicId}.");
        }

        if (entry.IsInternal)
        {
            return ControllerDecision.Refuse(state, ErrorCode.InvalidRequest, $"Topic '{name}' is internal and cannot be deleted.");
        }

        // A broker that was away may still have a replica that was moved from it, or one of a creation that a crash cut short.
        var described = find(new TopicId(entry.Id))?.Partitions.SelectMany(partition => partition.Replicas).Select(broker => broker.Value) ?? [];
        var deletion = new TopicDeletion { Name = name, PendingBrokers = [.. described.Union(state.Brokers.Keys).Order()] };
        return ControllerDecision.Accept(state with
        {
            Topics = state.Topics.Remove(name),
            Deletions = state.Deletions.SetItem(entry.Id, deletion),
        });
    }

    /// <summary>
    /// A topic turned up under a name that belongs to another one: a creation that came about only after its topic was deleted, e.g.
    /// because the process that did it had been stopped for a while. It is deleted once more.
    /// </summary>
    public static ControllerState Declare(ControllerState state, TopicDescription revenant) => state with
    {
        Deletions = state.Deletions.SetItem(
            revenant.Id.Value,
            new TopicDeletion
            {
                Name = revenant.Name,
                PendingBrokers = [.. revenant.Partitions.SelectMany(partition => partition.Replicas).Select(broker => broker.Value).Union(state.Brokers.Keys).Order()],
            }),
    };

    /// <summary>A broker that was unregistered is not waited for.</summary>
    public static ControllerState Without(ControllerState state, int broker) =>
        state.Deletions.Keys.Aggregate(state, (current, topic) => Progress(current, topic, isForgotten: false, [broker]));

    public static ControllerState Progress(ControllerState state, Guid topic, bool isForgotten, IEnumerable<int> confirmed)
    {
        if (!state.Deletions.TryGetValue(topic, out var deletion))
        {
            return state;
        }

        var progressed = deletion with
        {
            IsForgotten = deletion.IsForgotten || isForgotten,
            PendingBrokers = [.. deletion.PendingBrokers.Except(confirmed)],
        };
        return state with
        {
            Deletions = progressed is { IsForgotten: true, PendingBrokers.Length: 0 }
                ? state.Deletions.Remove(topic)
                : state.Deletions.SetItem(topic, progressed),
        };
    }
}
