using OrleansStreaming.Client.Serialization;

namespace OrleansStreaming.Client;

/// <summary>Where a consumer begins when there is no committed position, or the position is no longer in the log.</summary>
public enum OffsetReset
{
    /// <summary>At the end: only what comes from now on.</summary>
    Latest,

    /// <summary>At the oldest record there is.</summary>
    Earliest,

    /// <summary>Nowhere: enumeration fails with <see cref="NoOffsetException"/>.</summary>
    Fail,
}

/// <summary>When a group's positions are committed. A record counts as processed when the next one is asked for.</summary>
public enum CommitMode
{
    /// <summary>Every <see cref="ConsumerOptions.CommitInterval"/>, before partitions are given up, and on close.</summary>
    Automatic,

    /// <summary>After each record. One commit to the offsets topic per record: thousands a second, not more.</summary>
    PerRecord,

    /// <summary>After each batch as it was fetched.</summary>
    PerBatch,

    /// <summary>Only by <c>CommitAsync</c>.</summary>
    Manual,
}

/// <summary>How much of open and aborted transactions a consumer sees.</summary>
public enum Isolation
{
    /// <summary>Everything up to the high watermark.</summary>
    ReadUncommitted,

    /// <summary>Only what is not part of an open or aborted transaction.</summary>
    ReadCommitted,
}

/// <summary>How a group's partitions are spread over its members; the same names and rules as the Java client's.</summary>
public enum GroupAssignor
{
    /// <summary>Per topic, neighbouring partitions to one member: co-partitions topics.</summary>
    Range,

    /// <summary>All partitions in turn to all members.</summary>
    RoundRobin,

    /// <summary>Balanced, with as few moves as can be; everybody stops during a rebalance.</summary>
    Sticky,

    /// <summary>As sticky, and only partitions that move stop (KIP-429). All members must offer it.</summary>
    CooperativeSticky,

    /// <summary>
    /// Hands out slots of keys instead of partitions: more members than partitions all work, up to 256 a partition, and each key is
    /// with one member at a time, in log order. Records without a key are spread. Every member of the group must use it, and no
    /// other; each reads the whole partitions that it has slots of. Instead of a position, the group keeps what is finished;
    /// seeking is not possible, and the session timeout is the broker's <c>group.consumer.session.timeout.ms</c>.
    /// </summary>
    KeyBased,
}

/// <summary>What becomes of a record that cannot be deserialized.</summary>
public enum PoisonRecords
{
    /// <summary>Enumeration fails with <see cref="RecordDeserializationException"/>; the position stays before the record.</summary>
    Fail,

    /// <summary>It is logged, counted and passed over.</summary>
    Skip,

    /// <summary>It is copied to the dead-letter topic with headers that say where it was and why, and passed over.</summary>
    DeadLetter,
}

/// <summary>What a consumer reads, and how. Can be bound from configuration.</summary>
public class ConsumerOptions
{
    /// <summary>The consumer group; null reads without one. Default: null.</summary>
    public string? GroupId { get; set; }

    /// <summary>
    /// A name that survives restarts makes a static member (KIP-345): back within the session timeout, it keeps its partitions.
    /// Default: null.
    /// </summary>
    public string? GroupInstanceId { get; set; }

    /// <summary>The topics to read: shared with the group, or all of their partitions without one. Default: empty.</summary>
    public IList<string> Topics { get; } = new List<string>();

    /// <summary>Default: <see cref="OffsetReset.Latest"/>, as in Kafka.</summary>
    public OffsetReset OffsetReset { get; set; } = OffsetReset.Latest;

    /// <summary>Default: <see cref="Isolation.ReadUncommitted"/>, as in Kafka.</summary>
    public Isolation Isolation { get; set; } = Isolation.ReadUncommitted;

    /// <summary>Only for groups. Default: <see cref="CommitMode.Automatic"/>.</summary>
    public CommitMode CommitMode { get; set; } = CommitMode.Automatic;

    /// <summary>Time between automatic commits. Default: 5 s.</summary>
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// In order of preference; the group takes one that all members offer. Default (also when empty): range, cooperative-sticky,
    /// as the Java client.
    /// </summary>
    public IList<GroupAssignor> Assignors { get; } = new List<GroupAssignor>();

    /// <summary>A member that is silent this long has left. Default: 45 s.</summary>
    public TimeSpan SessionTimeout { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>Time between heartbeats; a third of the session timeout or less. Default: 3 s.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long the application may take between two records; longer, and its partitions are given to others. Also how long a
    /// rebalance waits for it. Default: 5 min.
    /// </summary>
    public TimeSpan MaxProcessingTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a broker holds a fetch that finds nothing. Default: 500 ms.</summary>
    public TimeSpan MaxFetchWait { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Bytes that a fetch waits for. Default: 1.</summary>
    public int MinFetchBytes { get; set; } = 1;

    /// <summary>Bytes that one fetch of one partition brings; one batch comes whole even if it is larger. Default: 1 MiB.</summary>
    public int MaxPartitionFetchBytes { get; set; } = 1024 * 1024;

    /// <summary>Bytes fetched ahead of the application, over all partitions; at least one fetch goes on. Default: 16 MiB.</summary>
    public long PrefetchBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Default: <see cref="PoisonRecords.Fail"/>.</summary>
    public PoisonRecords PoisonRecords { get; set; } = PoisonRecords.Fail;

    /// <summary>Where dead letters go; null for the topic's own name followed by <c>.dead-letter</c>. It must exist. Default: null.</summary>
    public string? DeadLetterTopic { get; set; }

    /// <summary>
    /// No answer from any broker for this long ends the enumeration with <see cref="BrokerUnavailableException"/>. Default: 1 min.
    /// </summary>
    public TimeSpan UnavailableTimeout { get; set; } = TimeSpan.FromMinutes(1);

    internal bool IsKeyBased => Assignors.Contains(GroupAssignor.KeyBased);

    internal void CopyFrom(ConsumerOptions other)
    {
        GroupId = other.GroupId;
        GroupInstanceId = other.GroupInstanceId;
        OffsetReset = other.OffsetReset;
        Isolation = other.Isolation;
        CommitMode = other.CommitMode;
        CommitInterval = other.CommitInterval;
        SessionTimeout = other.SessionTimeout;
        HeartbeatInterval = other.HeartbeatInterval;
        MaxProcessingTime = other.MaxProcessingTime;
        MaxFetchWait = other.MaxFetchWait;
        MinFetchBytes = other.MinFetchBytes;
        MaxPartitionFetchBytes = other.MaxPartitionFetchBytes;
        PrefetchBytes = other.PrefetchBytes;
        PoisonRecords = other.PoisonRecords;
        DeadLetterTopic = other.DeadLetterTopic;
        UnavailableTimeout = other.UnavailableTimeout;
        foreach (var topic in other.Topics)
        {
            Topics.Add(topic);
        }

        foreach (var assignor in other.Assignors)
        {
            Assignors.Add(assignor);
        }
    }
}

/// <summary>The options of one consumer, with what cannot be said in configuration.</summary>
public sealed class ConsumerOptions<TKey, TValue> : ConsumerOptions
{
    /// <summary>Default: the one registered for the type.</summary>
    public IDeserializer<TKey>? KeyDeserializer { get; set; }

    /// <summary>Default: the one registered for the type.</summary>
    public IDeserializer<TValue>? ValueDeserializer { get; set; }

    /// <summary>Is told which partitions come and go. Default: null.</summary>
    public IAssignmentListener? AssignmentListener { get; set; }
}
