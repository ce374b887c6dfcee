using Orleans;

namespace OrleansStreaming.Cluster.Topics;

/// <summary>
/// One partition as it is written down. Never changed in place. Primitive types only: this is a file format.
/// </summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.PartitionState")]
public sealed record PartitionState
{
    public const int NoLeader = -1;

    /// <summary>An epoch below all that brokers register under.</summary>
    public const long UnknownEpoch = -1;

    /// <summary>Broker ids, the preferred leader first; during a reassignment the new replicas, then those that go.</summary>
    [Id(0)] public int[] Replicas { get; init; } = [];

    /// <summary>The in-sync replicas; never empty: while nobody can lead, it remembers who was in sync last.</summary>
    [Id(1)] public int[] InSync { get; init; } = [];

    [Id(2)] public int Leader { get; init; } = NoLeader;

    [Id(3)] public int LeaderEpoch { get; init; }

    [Id(4)] public int PartitionEpoch { get; init; }

    /// <summary>The broker epoch each of <see cref="InSync"/> is in sync under, in the same order; the leader's: was elected in.</summary>
    [Id(5)] public long[] InSyncEpochs { get; init; } = [];

    /// <summary>
    /// Out of the in-sync set, but with everything that was ever committed: they left while, or by which, it became smaller than
    /// <c>min.insync.replicas</c>, and since then nothing was committed without them (KIP-966).
    /// </summary>
    [Id(6)] public int[] Eligible { get; init; } = [];

    /// <summary>As <see cref="InSyncEpochs"/>, of <see cref="Eligible"/>.</summary>
    [Id(7)] public long[] EligibleEpochs { get; init; } = [];

    /// <summary>Replicas that came with the reassignment under way (KIP-455).</summary>
    [Id(8)] public int[] Adding { get; init; } = [];

    /// <summary>Replicas that go when it is done.</summary>
    [Id(9)] public int[] Removing { get; init; } = [];

    /// <summary>Who led last, while nobody leads.</summary>
    [Id(10)] public int LastLeader { get; init; } = NoLeader;

    public bool IsReassigning => Adding.Length > 0 || Removing.Length > 0;

    /// <summary>The epoch that a broker is in sync under; <see cref="UnknownEpoch"/> when it is not, or nobody noted it.</summary>
    public long InSyncEpochOf(int broker) => EpochOf(InSync, InSyncEpochs, broker);

    /// <summary>The epoch under which a broker is an eligible leader replica.</summary>
    public long EligibleEpochOf(int broker) => EpochOf(Eligible, EligibleEpochs, broker);

    /// <summary>Under which epoch a replica is known to have held everything committed, as one in sync or as an eligible one.</summary>
    public long KnownEpochOf(int broker) => InSync.Contains(broker) ? InSyncEpochOf(broker) : EligibleEpochOf(broker);

    /// <summary>Whether nothing but the epochs could differ.</summary>
    public bool HasSameSets(PartitionState other) =>
        Leader == other.Leader
        && LeaderEpoch == other.LeaderEpoch
        && Replicas.AsSpan().SequenceEqual(other.Replicas)
        && InSync.AsSpan().SequenceEqual(other.InSync)
        && InSyncEpochs.AsSpan().SequenceEqual(other.InSyncEpochs)
        && Eligible.AsSpan().SequenceEqual(other.Eligible)
        && EligibleEpochs.AsSpan().SequenceEqual(other.EligibleEpochs)
        && Adding.AsSpan().SequenceEqual(other.Adding)
        && Removing.AsSpan().SequenceEqual(other.Removing);

    /// <summary>This state as the successor of another: the same instance as before when nothing changed, else a new epoch.</summary>
    public PartitionState After(PartitionState before) =>
        HasSameSets(before) ? before : this with { PartitionEpoch = before.PartitionEpoch + 1 };

    private static long EpochOf(int[] brokers, long[] epochs, int broker)
    {
        var index = Array.IndexOf(brokers, broker);
        return index >= 0 && index < epochs.Length ? epochs[index] : UnknownEpoch;
    }
}
