namespace OrleansStreaming.Replication.Partitions;

/// <summary>What a description of the partition meant for its replica.</summary>
public enum RoleChange : byte
{
    /// <summary>It is older than, or the same as, what is known.</summary>
    None,

    /// <summary>It leads, in a new epoch that begins at its log end.</summary>
    BecameLeader,

    /// <summary>It leads on; replicas or in-sync set changed.</summary>
    SetsChanged,

    /// <summary>Another replica leads, or none.</summary>
    BecameFollower,
}
