namespace OrleansStreaming.Replication.Partitions;

/// <summary>How well a leader knows a follower's log, in its own epoch.</summary>
public enum FollowerPhase : byte
{
    /// <summary>Not at all: it must be asked where it ends.</summary>
    Probing,

    /// <summary>Its log holds what the leader's does not: it must be cut.</summary>
    Cutting,

    /// <summary>Its log is the beginning of the leader's: it can be sent what follows.</summary>
    Streaming,
}
