using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Admin;

/// <summary>A topic.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its id; a namesake created later has another.</param>
/// <param name="IsInternal">Kept by the cluster for itself.</param>
/// <param name="Partitions">By index from 0.</param>
/// <param name="Configs">What was set on it, without defaults.</param>
public sealed record TopicInfo(
    string Name, TopicId Id, bool IsInternal, IReadOnlyList<PartitionInfo> Partitions, IReadOnlyDictionary<string, string> Configs);

/// <summary>A partition.</summary>
/// <param name="Partition">Its index from 0.</param>
/// <param name="Leader">Who takes writes; <see cref="BrokerId.None"/> while nobody does.</param>
/// <param name="LeaderEpoch">Grows with each election.</param>
/// <param name="Replicas">In order of preference.</param>
/// <param name="InSyncReplicas">Those that have everything that is committed.</param>
public sealed record PartitionInfo(
    int Partition, BrokerId Leader, LeaderEpoch LeaderEpoch, IReadOnlyList<BrokerId> Replicas, IReadOnlyList<BrokerId> InSyncReplicas);

/// <summary>A topic to create.</summary>
public sealed record NewTopic
{
    /// <summary>A topic of that name.</summary>
    public NewTopic(string name) => Name = name;

    /// <summary>1 to 249 letters, digits, dots, underscores or dashes.</summary>
    public string Name { get; }

    /// <summary>Null for the cluster's <c>num.partitions</c>. Default: null.</summary>
    public int? PartitionCount { get; init; }

    /// <summary>Null for the cluster's <c>default.replication.factor</c>. Default: null.</summary>
    public short? ReplicationFactor { get; init; }

    /// <summary>Kafka topic configs by name. Default: empty.</summary>
    public IReadOnlyDictionary<string, string> Configs { get; init; } = new Dictionary<string, string>();

    /// <summary>Checks everything and creates nothing. Default: false.</summary>
    public bool ValidateOnly { get; init; }
}
