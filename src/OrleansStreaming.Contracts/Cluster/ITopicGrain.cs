using Orleans;
using Orleans.Concurrency;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Cluster;

/// <summary>
/// The truth about one topic's partitions and configs. Key: the topic's name. Each call names the topic id it means, so that
/// a late call never touches a namesake (UNKNOWN_TOPIC_ID). State is written with its ETag before anyone is told; then the
/// brokers concerned are told, and the metadata tail reaches those that could not be.
/// </summary>
[Alias("OrleansStreaming.ITopicGrain")]
public interface ITopicGrain : IGrainWithStringKey
{
    [Alias("Describe")]
    Task<TopicCommandResult> Describe(TopicId topic);

    /// <summary>
    /// Creates the topic; with the same id again it answers what exists. TOPIC_ALREADY_EXISTS when a namesake has not been
    /// deleted yet.
    /// </summary>
    [Alias("Create")]
    Task<TopicCommandResult> Create(TopicPlan plan, LivingBroker[] living);

    /// <summary>Adds partitions; INVALID_PARTITIONS unless it has <paramref name="currentCount"/> of them now.</summary>
    [Alias("AddPartitions")]
    Task<TopicCommandResult> AddPartitions(TopicId topic, int currentCount, int[][] assignments, LivingBroker[] living);

    [Alias("AlterConfigs")]
    Task<TopicCommandResult> AlterConfigs(TopicId topic, AlterConfigsCommand command);

    /// <summary>
    /// Gives every partition that lacks a rightful leader one, and takes who is not up, or is no longer sound, out of the in-sync
    /// sets. A leader that has restarted gets a new epoch. Idempotent: without a change nothing is written.
    /// </summary>
    [Alias("Elect")]
    Task<TopicCommandResult> Elect(ElectTopicCommand command);

    /// <summary>Starts, changes or cancels moves of its partitions; each has its own outcome.</summary>
    [Alias("Reassign")]
    Task<ReassignTopicResult> Reassign(ReassignTopicCommand command);

    /// <summary>
    /// Leaders ask for other in-sync sets, each by compare-and-swap on its partition epoch; what is asked together is written with
    /// one write. Asking for the set as it is raises the partition epoch too, so that an earlier wish cannot come true any more. The answer is the next description that it is
    /// told: the way up is never awaited.
    /// </summary>
    [OneWay, Alias("ProposeInSync")]
    Task ProposeInSync(InSyncProposal[] proposals);

    /// <summary>A leader cannot go on. The answer is the next description that it is told.</summary>
    [OneWay, Alias("Resign")]
    Task Resign(LeaderResignation resignation);

    /// <summary>Forgets the topic; idempotent. Its files are the controller's care.</summary>
    [Alias("Delete")]
    Task Delete(TopicId topic);
}

/// <summary>What the controller decided about a new topic, kept until the topic grain has written it.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.TopicPlan")]
public sealed class TopicPlan
{
    [Id(0)] public required string Name { get; init; }

    [Id(1)] public required TopicId Id { get; init; }

    [Id(2)] public bool IsInternal { get; init; }

    /// <summary>Replica broker ids by partition index, preferred leader first.</summary>
    [Id(3)] public required int[][] Assignments { get; init; }

    [Id(4)] public required IReadOnlyDictionary<string, string> Configs { get; init; }
}

/// <summary>A leader's wish for a partition's in-sync set.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.InSyncProposal")]
public sealed class InSyncProposal
{
    [Id(0)] public required TopicId TopicId { get; init; }

    [Id(1)] public required int Partition { get; init; }

    [Id(2)] public required BrokerId Leader { get; init; }

    [Id(3)] public required LeaderEpoch LeaderEpoch { get; init; }

    /// <summary>The state the leader last saw.</summary>
    [Id(4)] public required PartitionEpoch PartitionEpoch { get; init; }

    [Id(5)] public required BrokerId[] InSyncReplicas { get; init; }

    /// <summary>
    /// The broker epoch that each of them answered under, in the same order: a member that has restarted since may lack what it
    /// acknowledged before (KIP-903).
    /// </summary>
    [Id(6)] public long[] BrokerEpochs { get; init; } = [];

    /// <summary>
    /// Those that lack what they had acknowledged: they do not become eligible leader replicas, nor stay it (KIP-966).
    /// A disk that takes no more has lost nothing.
    /// </summary>
    [Id(7)] public BrokerId[] LostReplicas { get; init; } = [];
}
