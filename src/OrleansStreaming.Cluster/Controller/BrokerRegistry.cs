using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>Decisions about brokers that come and become ready. Pure.</summary>
internal static class BrokerRegistry
{
    public static (ControllerState State, string? Refusal) Register(ControllerState state, RegisterBrokerCommand command)
    {
        var broker = command.Broker;
        if (broker.Id.Value < 0)
        {
            return (state, $"Broker id {broker.Id} is negative.");
        }

        if (command.KnownClusterId is { } known && known != state.ClusterId)
        {
            return (state, $"The data directory belongs to cluster {known}, but this is cluster {state.ClusterId}.");
        }

        var registration = new BrokerRegistration
        {
            Id = broker.Id.Value,
            Host = broker.Host,
            Port = broker.Port,
            Rack = broker.Rack,
            Incarnation = command.Incarnation,
            IsReady = state.Brokers.TryGetValue(broker.Id.Value, out var old) && old.IsReady && old.Incarnation == command.Incarnation,
        };
        return (registration == old ? state : state with { Brokers = state.Brokers.SetItem(registration.Id, registration) }, null);
    }

    public static ControllerDecision AnnounceReady(ControllerState state, AnnounceReadyCommand command)
    {
        if (!state.Brokers.TryGetValue(command.Broker.Value, out var registration))
        {
            return ControllerDecision.Refuse(state, ErrorCode.BrokerIdNotRegistered, $"Broker {command.Broker} is not registered.");
        }

        if (registration.Incarnation != command.Incarnation)
        {
            return ControllerDecision.Refuse(
                state, ErrorCode.StaleBrokerEpoch, $"Another process has registered as broker {command.Broker} since.");
        }

        var next = state with { Brokers = state.Brokers.SetItem(registration.Id, registration with { IsReady = true }) };
        return ControllerDecision.Accept(command.DroppedTopics.Aggregate(
            next, (current, topic) => TopicDeletions.Progress(current, topic.Value, isForgotten: false, [registration.Id])));
    }

    /// <summary>The deleted topics whose files the broker may still have.</summary>
    public static TopicId[] DeletedTopicsOn(ControllerState state, BrokerId broker) =>
    [
        .. state.Deletions.Where(deletion => deletion.Value.PendingBrokers.Contains(broker.Value)).Select(deletion => new TopicId(deletion.Key)),
    ];

    public static BrokerDescription Describe(BrokerRegistration broker, IReadOnlySet<int> alive) => new()
    {
        Id = new BrokerId(broker.Id),
        Host = broker.Host,
        Port = broker.Port,
        Rack = broker.Rack,
        IsAlive = alive.Contains(broker.Id),
    };
}
