using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Replicas;

/// <summary>
/// The other brokers and the topics as a replica here sees them. Any thread; nothing blocks, nothing calls back on the caller's
/// stack, so that a replica may call it under its gate.
/// </summary>
internal interface IReplicaPeers
{
    /// <summary>Monotonic time since this process' origin.</summary>
    TimeSpan Now { get; }

    /// <summary>Whether a broker is a member of the cluster now.</summary>
    bool IsPresent(BrokerId broker);

    /// <summary>The replica has something for a follower, now or from a moment on: the link asks for it.</summary>
    /// <param name="isCatchingUp">It has far to go: it gets no more than a share of each message.</param>
    void Ready(BrokerId follower, LocalReplica replica, TimeSpan at, bool isCatchingUp);

    /// <summary>Asks a topic for an in-sync set, without an answer.</summary>
    void Propose(string topic, InSyncProposal proposal);

    /// <summary>Asks a leader for its next word to the follower here, without an answer.</summary>
    void Ask(BrokerId leader, TopicPartition partition);

    /// <summary>Gives a leadership up, without an answer.</summary>
    void Resign(string topic, LeaderResignation resignation);
}
