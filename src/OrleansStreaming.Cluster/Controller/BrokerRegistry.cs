using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>Decisions about brokers that come and become ready. Pure.</summary>
public static class BrokerRegistry
{
    /// <summary>
    /// A process becomes the broker. A call may arrive when the process that made it is long dead, and another one, which will not ask
    /// again, is the broker. The dead are no members and never become members again, so only a member may register, and none may take the
    /// place of one: an earlier process of a broker never comes after a later one.
    /// </summary>
    /// <param name="members">The active silos, read after the state was: else the broker of now may not be among them yet.</param>
    public static (ControllerState State, RegistrationRefusal? Refusal) Register(
        ControllerState state, RegisterBrokerCommand command, IReadOnlyCollection<(string Silo, BrokerId Broker)> members)
    {
        var broker = command.Broker;
        if (broker.Id.Value < 0)
        {
            return (state, new RegistrationRefusal($"Broker id {broker.Id} is negative."));
        }

        if (command.KnownClusterId is { } known && known != state.ClusterId)
        {
            return (state, new RegistrationRefusal($"The data directory belongs to cluster {known}, but this is cluster {state.ClusterId}."));
        }

        if (!members.Contains((command.Silo, broker.Id)))
        {
            return (state, new RegistrationRefusal($"Silo {command.Silo} is no member of the cluster.", MayPass: true));
        }

        var old = state.Brokers.GetValueOrDefault(broker.Id.Value);
        if (old is not null && old.Silo != command.Silo && members.Contains((old.Silo, broker.Id)))
        {
            return (state, new RegistrationRefusal($"Silo {old.Silo} is broker {broker.Id}, and still a member of the cluster.", MayPass: true));
        }

        // The same process may ask again when an answer got lost, and what it asked first may arrive last. That it has lost something
        // it may learn when it is registered already; the opposite it never learns.
        var isSameProcess = old is not null && old.Incarnation == command.Incarnation && old.Epoch > 0
            && (command.HasLostNothing || old.CleanSince == old.Epoch);
        var epoch = isSameProcess ? old!.Epoch : state.LastBrokerEpoch + 1;
        var registration = new BrokerRegistration
        {
            Id = broker.Id.Value,
            Host = broker.Host,
            Port = broker.Port,
            Rack = broker.Rack,
            Incarnation = command.Incarnation,
            Silo = command.Silo,
            IsReady = isSameProcess && old!.IsReady,
            IsStopping = isSameProcess && old!.IsStopping,
            Epoch = epoch,
            CleanSince = old is { Epoch: > 0 } && (isSameProcess || command.HasLostNothing) ? old.CleanSince : epoch,
        };
        return (
            registration == old
                ? state
                : state with { Brokers = state.Brokers.SetItem(registration.Id, registration), LastBrokerEpoch = Math.Max(epoch, state.LastBrokerEpoch) },
            null);
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

    /// <summary>A broker is about to stop; STALE_BROKER_EPOCH when the caller is not its present process.</summary>
    public static ControllerDecision BeginShutdown(ControllerState state, BeginShutdownCommand command)
    {
        if (!state.Brokers.TryGetValue(command.Broker.Value, out var registration))
        {
            return ControllerDecision.Refuse(state, ErrorCode.BrokerIdNotRegistered, $"Broker {command.Broker} is not registered.");
        }

        if (registration.Epoch != command.BrokerEpoch)
        {
            return ControllerDecision.Refuse(
                state, ErrorCode.StaleBrokerEpoch, $"Broker {command.Broker} is registered under epoch {registration.Epoch}, not {command.BrokerEpoch}.");
        }

        return ControllerDecision.Accept(registration.IsStopping
            ? state
            : state with { Brokers = state.Brokers.SetItem(registration.Id, registration with { IsStopping = true }) });
    }

    /// <summary>
    /// Forgets a broker that is down. Partitions keep it as a replica, as in Kafka, until they are reassigned; deletions do not
    /// wait for it any more. Should it come back, it is a new broker whose data nobody trusts.
    /// </summary>
    public static ControllerDecision Unregister(ControllerState state, UnregisterBrokerCommand command, LivingBrokers living)
    {
        var id = command.Broker.Value;
        if (!state.Brokers.ContainsKey(id))
        {
            return ControllerDecision.Refuse(state, ErrorCode.BrokerIdNotRegistered, $"Broker {id} is not registered.");
        }

        return living.Contains(id)
            ? ControllerDecision.Refuse(state, ErrorCode.InvalidRequest, $"Broker {id} is running; stop it before it is unregistered.")
            : ControllerDecision.Accept(TopicDeletions.Without(state with { Brokers = state.Brokers.Remove(id) }, id));
    }

    /// <summary>The brokers that are up: ready, and the silo that registered is a member of the cluster.</summary>
    /// <param name="members">The active silos, in parsable form, and which broker each is by its name.</param>
    public static LivingBrokers Living(ControllerState state, IEnumerable<(string Silo, BrokerId Broker)> members) => new(members
        .Select(member => (member.Silo, Registration: state.Brokers.GetValueOrDefault(member.Broker.Value)))
        .Where(member => member.Registration is { IsReady: true } broker && (broker.Silo.Length == 0 || broker.Silo == member.Silo))
        .Select(member => member.Registration!)
        .DistinctBy(broker => broker.Id)
        .Select(broker => new LivingBroker(new BrokerId(broker.Id), broker.Epoch, broker.CleanSince, broker.IsStopping)));

    public static BrokerDescription Describe(BrokerRegistration broker, LivingBrokers living) => new()
    {
        Id = new BrokerId(broker.Id),
        Host = broker.Host,
        Port = broker.Port,
        Rack = broker.Rack,
        IsAlive = living.Contains(broker.Id),
        Epoch = broker.Epoch,
        IsStopping = broker.IsStopping,
    };
}
