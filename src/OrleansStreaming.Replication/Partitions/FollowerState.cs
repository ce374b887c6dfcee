using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Partitions;

/// <summary>What a leader knows about one follower, in its own epoch.</summary>
public readonly record struct FollowerState(BrokerId Broker, Offset LogEnd)
{
    /// <summary>Nothing acknowledged in this epoch yet.</summary>
    public static FollowerState Unknown(BrokerId broker) => new(broker, Offset.None);
}
