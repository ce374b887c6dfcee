using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Replication;

/// <summary>
/// The replicas whose log lies on this broker, for reading beside the grains: reads take no turn of a grain and no lock, they
/// see what the grain has published. One per silo, from the container. Appends always go through <see cref="IReplicaGrain"/>.
/// </summary>
public interface ILocalReplicas
{
    /// <summary>The replica, or null when this broker has none of that partition (or not yet).</summary>
    ILocalReplica? Find(TopicPartition partition);

    IReadOnlyCollection<ILocalReplica> All { get; }

    /// <summary>The data directory, absolute.</summary>
    string DataDirectory { get; }

    /// <summary>Total and usable bytes of the volume that holds the data.</summary>
    (long Total, long Usable) Volume { get; }
}
