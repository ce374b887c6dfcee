using Orleans;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Cluster;

/// <summary>A broker and where clients reach its Kafka endpoint.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.BrokerDescription")]
public sealed class BrokerDescription
{
    [Id(0)] public required BrokerId Id { get; init; }

    [Id(1)] public required string Host { get; init; }

    [Id(2)] public required int Port { get; init; }

    [Id(3)] public string? Rack { get; init; }

    /// <summary>False while it is down: still a replica's home, not offered to clients.</summary>
    [Id(4)] public bool IsAlive { get; init; } = true;

    /// <summary>Under which its present process registered: grows with each registration in the cluster; -1 when unknown.</summary>
    [Id(5)] public long Epoch { get; init; } = -1;

    /// <summary>It is up, but about to stop: it takes no leadership and joins no in-sync set any more.</summary>
    [Id(6)] public bool IsStopping { get; init; }
}

/// <summary>A partition's state as its topic grain wrote it.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.PartitionDescription")]
public sealed class PartitionDescription
{
    [Id(0)] public required int Partition { get; init; }

    /// <summary><see cref="BrokerId.None"/> while there is no leader.</summary>
    [Id(1)] public required BrokerId Leader { get; init; }

    [Id(2)] public required LeaderEpoch LeaderEpoch { get; init; }

    [Id(3)] public required PartitionEpoch PartitionEpoch { get; init; }

    /// <summary>In order of preference.</summary>
    [Id(4)] public required IReadOnlyList<BrokerId> Replicas { get; init; }

    [Id(5)] public required IReadOnlyList<BrokerId> InSyncReplicas { get; init; }

    /// <summary>Replicas that a reassignment under way adds; they are among <see cref="Replicas"/> (KIP-455).</summary>
    [Id(6)] public IReadOnlyList<BrokerId> AddingReplicas { get; init; } = [];

    /// <summary>Replicas that go when the reassignment is done; until then they are among <see cref="Replicas"/>.</summary>
    [Id(7)] public IReadOnlyList<BrokerId> RemovingReplicas { get; init; } = [];

    /// <summary>Replicas outside the in-sync set that hold everything committed, so that they may lead (KIP-966).</summary>
    [Id(8)] public IReadOnlyList<BrokerId> EligibleLeaderReplicas { get; init; } = [];

    /// <summary>The broker epoch that each in-sync replica is in sync under, in the same order; -1 when unknown.</summary>
    [Id(9)] public IReadOnlyList<long> InSyncBrokerEpochs { get; init; } = [];

    /// <summary>
    /// The broker epoch that the leader was elected in; a process of that broker that registered under another one must not lead
    /// by this description. -1 without a leader, or when unknown.
    /// </summary>
    public long LeaderBrokerEpoch
    {
        get
        {
            for (var i = 0; i < InSyncBrokerEpochs.Count; i++)
            {
                if (InSyncReplicas[i] == Leader)
                {
                    return InSyncBrokerEpochs[i];
                }
            }

            return -1;
        }
    }
}

/// <summary>A topic: partitions by index from 0, and the configs that were set on it (no defaults).</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.TopicDescription")]
public sealed class TopicDescription
{
    [Id(0)] public required string Name { get; init; }

    [Id(1)] public required TopicId Id { get; init; }

    [Id(2)] public bool IsInternal { get; init; }

    [Id(3)] public required IReadOnlyList<PartitionDescription> Partitions { get; init; }

    [Id(4)] public required IReadOnlyDictionary<string, string> Configs { get; init; }

    /// <summary>Grows with each change of this topic (per <see cref="Id"/>): the higher one is the newer description.</summary>
    [Id(5)] public long Version { get; init; }
}

/// <summary>A broker announces itself.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.RegisterBrokerCommand")]
public sealed class RegisterBrokerCommand
{
    [Id(0)] public required BrokerDescription Broker { get; init; }

    /// <summary>The cluster id found in the broker's data directory; null on a new directory.</summary>
    [Id(1)] public string? KnownClusterId { get; init; }

    /// <summary>Names this process of the broker; the last member of the cluster to register is the broker.</summary>
    [Id(2)] public Guid Incarnation { get; init; }

    /// <summary>The silo that is this process, in parsable form: the broker is alive while exactly this silo is a member.</summary>
    [Id(3)] public string Silo { get; init; } = "";

    /// <summary>
    /// Whether all that its last process acknowledged is still there: it stopped cleanly, or was killed while the machine went on
    /// (KIP-966 trusts the former only).
    /// </summary>
    [Id(4)] public bool HasLostNothing { get; init; }
}

[GenerateSerializer, Immutable, Alias("OrleansStreaming.RegisterBrokerResult")]
public sealed class RegisterBrokerResult
{
    /// <summary>Set when the broker must not join, e.g. its data belongs to another cluster.</summary>
    [Id(0)] public string? Refusal { get; init; }

    [Id(1)] public string ClusterId { get; init; } = "";

    [Id(2)] public long MetadataVersion { get; init; }

    /// <summary>
    /// Topics that were deleted and whose files this broker has not yet reported removed: these, and no others that are
    /// merely unknown, may be removed from its disk.
    /// </summary>
    [Id(3)] public IReadOnlyList<TopicId> DeletedTopics { get; init; } = [];

    /// <summary>Under which this process is registered; each registration gets a higher one.</summary>
    [Id(4)] public long BrokerEpoch { get; init; } = -1;

    /// <summary>
    /// With a refusal: membership does not show this process, or still shows the one before it, which passes if this one is alive. It
    /// asks again.
    /// </summary>
    [Id(5)] public bool MayPass { get; init; }
}

/// <summary>What changed in the metadata since the version asked for.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.MetadataUpdate")]
public sealed class MetadataUpdate
{
    [Id(0)] public required long Version { get; init; }

    /// <summary>True: this is everything, forget what was known before.</summary>
    [Id(1)] public bool IsSnapshot { get; init; }

    [Id(2)] public string ClusterId { get; init; } = "";

    [Id(3)] public BrokerId Controller { get; init; } = BrokerId.None;

    /// <summary>All brokers, dead ones too; always complete.</summary>
    [Id(4)] public IReadOnlyList<BrokerDescription> Brokers { get; init; } = [];

    /// <summary>Topics that are new or changed.</summary>
    [Id(5)] public IReadOnlyList<TopicDescription> Topics { get; init; } = [];

    /// <summary>Ids of topics that are gone.</summary>
    [Id(6)] public IReadOnlyList<TopicId> DeletedTopics { get; init; } = [];

    /// <summary>
    /// In a snapshot: topics that there are, but that a new controller has not learned of yet. What was known of them stays.
    /// </summary>
    [Id(8)] public IReadOnlyList<TopicId> UnknownTopics { get; init; } = [];

    /// <summary>Dynamic broker configs by broker id in decimal; "" is the cluster-wide default. Always complete.</summary>
    [Id(7)] public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> BrokerConfigs { get; init; } =
        new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>All configs of consumer groups by group id, or null: as they were. Never null in a snapshot.</summary>
    [Id(9)] public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>? GroupConfigs { get; init; }
}
