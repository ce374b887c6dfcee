using OrleansStreaming.Client.Admin;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client;

/// <summary>
/// Looks after topics, configs, groups and offsets. Every call completes when its effect is visible to this client, or throws:
/// <see cref="UnknownTopicException"/>, <see cref="RequestRefusedException"/> with the reason,
/// <see cref="NotAuthorizedException"/>, or <see cref="BrokerUnavailableException"/> when no broker answers in
/// <see cref="StreamingClientOptions.MetadataTimeout"/>. A call or two to the cluster each; any thread.
/// </summary>
public interface IStreamingAdmin
{
    /// <summary>The brokers, the controller and the cluster's id.</summary>
    Task<ClusterInfo> DescribeClusterAsync(CancellationToken cancellationToken = default);

    /// <summary>All topics by name, without internal ones unless asked for.</summary>
    Task<IReadOnlyList<TopicInfo>> ListTopicsAsync(bool includeInternal = false, CancellationToken cancellationToken = default);

    /// <summary>One topic, or null when there is none of that name.</summary>
    Task<TopicInfo?> FindTopicAsync(string topic, CancellationToken cancellationToken = default);

    /// <summary>Creates a topic.</summary>
    Task<TopicInfo> CreateTopicAsync(NewTopic topic, CancellationToken cancellationToken = default);

    /// <summary>Deletes a topic with its records, for good.</summary>
    Task DeleteTopicAsync(string topic, CancellationToken cancellationToken = default);

    /// <summary>Grows a topic to <paramref name="totalCount"/> partitions. Keys move to other partitions from then on.</summary>
    Task<TopicInfo> CreatePartitionsAsync(string topic, int totalCount, CancellationToken cancellationToken = default);

    /// <summary>The configs of a topic or broker as they apply, with where each value comes from.</summary>
    Task<IReadOnlyList<ConfigInfo>> DescribeConfigsAsync(ConfigResource resource, CancellationToken cancellationToken = default);

    /// <summary>Changes configs, all or none.</summary>
    Task AlterConfigsAsync(ConfigResource resource, IReadOnlyList<ConfigChange> changes, CancellationToken cancellationToken = default);

    /// <summary>Offsets of partitions: the first, the next to be written, or the first at or after a time. Partitions without an answer are absent.</summary>
    Task<IReadOnlyDictionary<TopicPartition, Offset>> GetOffsetsAsync(
        IEnumerable<TopicPartition> partitions, OffsetQuery query, CancellationToken cancellationToken = default);

    /// <summary>Deletes records before the offsets; answers where each partition now begins.</summary>
    Task<IReadOnlyDictionary<TopicPartition, Offset>> DeleteRecordsAsync(
        IReadOnlyDictionary<TopicPartition, Offset> before, CancellationToken cancellationToken = default);

    /// <summary>
    /// Moves partitions to other brokers: the replicas each shall have, preferred leader first, or null to stop a move. Completes
    /// when the moves have begun; <see cref="ListReassignmentsAsync"/> tells when they are done.
    /// </summary>
    Task ReassignPartitionsAsync(IReadOnlyDictionary<TopicPartition, IReadOnlyList<BrokerId>?> replicas, CancellationToken cancellationToken = default);

    /// <summary>The moves that are under way.</summary>
    Task<IReadOnlyList<ReassignmentInfo>> ListReassignmentsAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Elects the preferred leaders of partitions, of all when none is named; where it leads already, nothing happens. Unclean
    /// elections take any living replica where there is no leader, and may lose records.
    /// </summary>
    Task ElectLeadersAsync(IEnumerable<TopicPartition>? partitions = null, bool unclean = false, CancellationToken cancellationToken = default);

    /// <summary>All consumer groups.</summary>
    Task<IReadOnlyList<GroupListing>> ListGroupsAsync(CancellationToken cancellationToken = default);

    /// <summary>A group with its members and what they read; state "Dead" when there is none.</summary>
    Task<GroupInfo> DescribeGroupAsync(string groupId, CancellationToken cancellationToken = default);

    /// <summary>Committed position, end and lag of every partition the group has committed.</summary>
    Task<IReadOnlyList<GroupOffset>> GetGroupOffsetsAsync(string groupId, CancellationToken cancellationToken = default);

    /// <summary>Sets a group's positions; the group must have no members.</summary>
    Task SetGroupOffsetsAsync(string groupId, IReadOnlyDictionary<TopicPartition, Offset> offsets, CancellationToken cancellationToken = default);

    /// <summary>Forgets a group's positions; refused for topics that living members read.</summary>
    Task DeleteGroupOffsetsAsync(string groupId, IEnumerable<TopicPartition> partitions, CancellationToken cancellationToken = default);

    /// <summary>Forgets a group with its positions; it must have no members.</summary>
    Task DeleteGroupAsync(string groupId, CancellationToken cancellationToken = default);
}
