using System.Collections.Immutable;
using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Cluster.Topics;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>
/// The controller's decisions over its present state, and the metadata it tells. Decisions change nothing: the grain writes the
/// decided state, then <see cref="Adopt"/>s it, then publishes. Single-threaded; chance and ids come in.
/// </summary>
public sealed class ControllerMachine
{
    private readonly ControllerRules _rules;

    public ControllerMachine(ControllerState state, BrokerId self, ControllerRules rules)
    {
        _rules = rules;
        State = state;
        Metadata = new MetadataLog(state.ClusterId, self, state.Term);
    }

    public ControllerState State { get; private set; }

    public MetadataLog Metadata { get; }

    /// <summary>A new activation's first state: a new term, and a cluster id when the cluster is new.</summary>
    public static ControllerState Begin(ControllerState state, ControllerRules rules) => state with
    {
        Term = state.Term + 1,
        ClusterId = state.ClusterId.Length > 0 ? state.ClusterId : rules.NewClusterId(),
    };

    /// <summary>The state that was written becomes the present one.</summary>
    public void Adopt(ControllerState written) => State = written;

    public (ControllerState State, RegistrationRefusal? Refusal) Register(
        RegisterBrokerCommand command, IReadOnlyCollection<(string Silo, BrokerId Broker)> members) =>
        BrokerRegistry.Register(State, command, members);

    public ControllerDecision AnnounceReady(AnnounceReadyCommand command) => BrokerRegistry.AnnounceReady(State, command);

    public ControllerDecision BeginShutdown(BeginShutdownCommand command) => BrokerRegistry.BeginShutdown(State, command);

    public ControllerDecision Unregister(UnregisterBrokerCommand command, LivingBrokers living) =>
        BrokerRegistry.Unregister(State, command, living);

    public ControllerDecision CreateTopic(CreateTopicCommand command, LivingBrokers living) =>
        TopicCreation.Decide(State, command, living, _rules);

    public ControllerDecision DeleteTopic(DeleteTopicCommand command) =>
        TopicDeletions.Decide(State, command, id => Metadata.Find(id));

    public PartitionGrowth AddPartitions(CreatePartitionsCommand command, LivingBrokers living) =>
        PartitionGrowth.Decide(State, command, State.Topics.TryGetValue(command.Name, out var entry) ? Metadata.Find(new TopicId(entry.Id)) : null, living, _rules);

    public ControllerDecision AlterBrokerConfigs(AlterConfigsCommand command) => BrokerConfigChange.Decide(State, command);

    public ControllerDecision AlterGroupConfigs(AlterConfigsCommand command) => GroupConfigChange.Decide(State, command, _rules);

    /// <summary>The topic grain has written a planned topic.</summary>
    public void CompleteCreation(string name)
    {
        if (State.Topics.TryGetValue(name, out var entry))
        {
            State = State with { Topics = State.Topics.SetItem(name, entry with { Plan = null }) };
        }
    }

    /// <summary>Who has forgotten a deleted topic; the deletion is over when nobody is left.</summary>
    public void CompleteDeletion(TopicId topic, bool isForgotten, IEnumerable<int> confirmed) =>
        State = TopicDeletions.Progress(State, topic.Value, isForgotten, confirmed);

    /// <summary>
    /// Tells the brokers as they are now, and the dynamic configs. Call after <see cref="Adopt"/> of anything that touches them.
    /// </summary>
    public void PublishBrokers(LivingBrokers living) => Metadata.SetBrokers(
        State.Brokers.Values.OrderBy(broker => broker.Id).Select(broker => BrokerRegistry.Describe(broker, living)).ToArray(),
        Told(State.BrokerConfigs));

    /// <summary>Tells the groups' configs. Call after <see cref="Adopt"/> of others.</summary>
    public void PublishGroupConfigs() => Metadata.SetGroupConfigs(Told(State.GroupConfigs));

    /// <summary>Tells the brokers when any came or went since they were told.</summary>
    public void RefreshBrokers(LivingBrokers living)
    {
        if (Metadata.Brokers.Any(broker => broker.IsAlive != living.Contains(broker.Id.Value)))
        {
            PublishBrokers(living);
        }
    }

    /// <summary>Tells a topic, unless it has been deleted meanwhile or a newer description was told.</summary>
    public void PublishTopic(TopicDescription topic)
    {
        if (State.Topics.TryGetValue(topic.Name, out var entry) && entry.Id == topic.Id.Value)
        {
            Metadata.SetTopic(topic);
        }
    }

    /// <summary>Tells that a topic is gone.</summary>
    public void PublishDeletion(Guid topic) => Metadata.RemoveTopic(new TopicId(topic));

    /// <summary>The topics that have a replica on this broker.</summary>
    public IReadOnlyList<TopicDescription> TopicsOn(BrokerId broker) =>
        [.. Metadata.Topics.Where(topic => topic.Partitions.Any(partition => partition.Replicas.Contains(broker)))];

    private static Dictionary<string, IReadOnlyDictionary<string, string>> Told(ImmutableDictionary<string, ImmutableDictionary<string, string>> configs) =>
        configs.ToDictionary(entry => entry.Key, entry => (IReadOnlyDictionary<string, string>)new Dictionary<string, string>(entry.Value));
}
