using Orleans;
using Orleans.Concurrency;

namespace OrleansStreaming.Contracts.Cluster;

/// <summary>
/// The one controller: topic list, broker registry, cluster id and dynamic broker configs. Key: <see cref="Key"/>.
/// Refusals are values; every answer names the metadata version at which its effect is visible.
/// </summary>
[Alias("OrleansStreaming.IControllerGrain")]
public interface IControllerGrain : IGrainWithStringKey
{
    public const string Key = "cluster";

    /// <summary>A broker says that it is here; idempotent, called at each start.</summary>
    [Alias("RegisterBroker")]
    Task<RegisterBrokerResult> RegisterBroker(RegisterBrokerCommand command);

    /// <summary>
    /// A registered broker can lead: elections are held for its partitions before the answer. Idempotent.
    /// </summary>
    [Alias("AnnounceReady")]
    Task<AnnounceReadyResult> AnnounceReady(AnnounceReadyCommand command);

    [Alias("CreateTopic")]
    Task<TopicCommandResult> CreateTopic(CreateTopicCommand command);

    [Alias("DeleteTopic")]
    Task<TopicCommandResult> DeleteTopic(DeleteTopicCommand command);

    [Alias("CreatePartitions")]
    Task<TopicCommandResult> CreatePartitions(CreatePartitionsCommand command);

    [Alias("AlterConfigs")]
    Task<TopicCommandResult> AlterConfigs(AlterConfigsCommand command);

    /// <summary>Starts, changes or cancels moves of partitions (KIP-455); NO_REASSIGNMENT_IN_PROGRESS for a cancel without one.</summary>
    [Alias("AlterReassignments")]
    Task<PartitionCommandResult> AlterReassignments(AlterReassignmentsCommand command);

    /// <summary>
    /// Holds elections on demand (KIP-460). ELECTION_NOT_NEEDED where the wanted leader leads already,
    /// PREFERRED_LEADER_NOT_AVAILABLE or ELIGIBLE_LEADERS_NOT_AVAILABLE where nobody can.
    /// </summary>
    [Alias("ElectLeaders")]
    Task<PartitionCommandResult> ElectLeaders(ElectLeadersCommand command);

    /// <summary>Moves the leaders of a broker that is about to stop to other in-sync replicas. Idempotent: call until none remain.</summary>
    [Alias("BeginShutdown")]
    Task<BeginShutdownResult> BeginShutdown(BeginShutdownCommand command);

    /// <summary>
    /// Forgets a broker that is down; BROKER_ID_NOT_REGISTERED when it is unknown, INVALID_REQUEST when it is up. Partitions keep
    /// it as a replica until they are reassigned.
    /// </summary>
    [Alias("UnregisterBroker")]
    Task<TopicCommandResult> UnregisterBroker(UnregisterBrokerCommand command);

    /// <summary>
    /// Answers as soon as there is metadata newer than <paramref name="afterVersion"/> (-1: everything), or after about
    /// 2 s with an update that changes nothing, so that a caller simply calls again.
    /// </summary>
    [AlwaysInterleave, Alias("Tail")]
    Task<MetadataUpdate> Tail(long afterVersion);

    /// <summary>A topic grain changed its topic by itself, e.g. the in-sync set. An older description is ignored.</summary>
    [OneWay, Alias("TopicChanged")]
    Task TopicChanged(TopicDescription topic);

    /// <summary>A topic grain passes on that a leader cannot go on; who may follow is the controller's to know.</summary>
    [OneWay, Alias("ResignLeader")]
    Task ResignLeader(string topic, LeaderResignation resignation);
}
