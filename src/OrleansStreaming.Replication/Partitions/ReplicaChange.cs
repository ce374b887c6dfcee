namespace OrleansStreaming.Replication.Partitions;

/// <summary>What an event did to a leader, for those who wait and for the links.</summary>
[Flags]
public enum ReplicaChange : byte
{
    None = 0,

    /// <summary>The high watermark moved.</summary>
    Committed = 1,

    /// <summary>The follower may have something to be sent now: ask for a plan.</summary>
    MoreToSend = 2,

    /// <summary>A newer leader is known: it leads no more.</summary>
    Resigned = 4,
}
