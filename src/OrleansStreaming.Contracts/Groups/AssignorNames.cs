namespace OrleansStreaming.Contracts.Groups;

/// <summary>The coordinator's assignors. All move partitions cooperatively: one is withheld until its former owner has let go of it.</summary>
public static class AssignorNames
{
    /// <summary>Even, with few moves: the default.</summary>
    public const string Uniform = "uniform";

    /// <summary>Ranges topic by topic: topics of equal size are partitioned alike.</summary>
    public const string Range = "range";

    /// <summary>Dealt in turn, whoever had what before. Native clients only.</summary>
    public const string RoundRobin = "roundrobin";

    /// <summary>Another name of <see cref="Uniform"/>. Native clients only.</summary>
    public const string Sticky = "sticky";

    /// <summary>Another name of <see cref="Uniform"/>. Native clients only.</summary>
    public const string CooperativeSticky = "cooperative-sticky";

    /// <summary>Spreads the key slots of each partition instead of partitions: see <see cref="KeySlots"/>. Native clients only.</summary>
    public const string KeyBased = "key-based";
}
