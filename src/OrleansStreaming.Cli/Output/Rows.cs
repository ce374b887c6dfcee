using System.Globalization;

namespace OrleansStreaming.Cli.Output;

/// <summary>What was done, in a sentence.</summary>
internal sealed record DoneRow(string Message);

/// <summary>A topic in a list.</summary>
internal sealed record TopicRow(string Name, int Partitions, int ReplicationFactor, bool Internal);

/// <summary>A partition with the range of its offsets.</summary>
internal sealed record PartitionRow(
    int Partition, int Leader, IReadOnlyList<int> Replicas, IReadOnlyList<int> InSync, long? Begin, long? End);

/// <summary>A topic with its partitions and what was set on it.</summary>
internal sealed record TopicDetails(
    string Name, Guid Id, bool Internal, IReadOnlyList<PartitionRow> Partitions, IReadOnlyDictionary<string, string> Configs);

/// <summary>A group in a list.</summary>
internal sealed record GroupRow(string Group, string State, string Type);

/// <summary>A member of a group.</summary>
internal sealed record MemberRow(string MemberId, string? InstanceId, string ClientId, string Host, IReadOnlyList<string> Assignment);

/// <summary>A group with its members.</summary>
internal sealed record GroupDetails(string Group, string State, string Type, string Assignor, int Coordinator, IReadOnlyList<MemberRow> Members);

/// <summary>How far a group is in a partition; a lag that is not known is absent.</summary>
internal sealed record LagRow(string Topic, int Partition, long Committed, long? End, long? Lag);

/// <summary>A broker.</summary>
internal sealed record BrokerRow(int Id, string Host, int Port, string? Rack, bool Alive, bool Controller);

/// <summary>A cluster in numbers.</summary>
internal sealed record ClusterDetails(string ClusterId, int Controller, int Brokers, int Topics, int Partitions, int UnderReplicated, int WithoutLeader);

/// <summary>What became of a request about a partition.</summary>
internal sealed record OutcomeRow(string Topic, int Partition, bool Done, string Result);

/// <summary>A partition on the move.</summary>
internal sealed record ReassignmentRow(string Topic, int Partition, IReadOnlyList<int> Replicas, IReadOnlyList<int> Adding, IReadOnlyList<int> Removing);

/// <summary>A config as it applies.</summary>
internal sealed record ConfigRow(string Name, string? Value, string Source, bool ReadOnly, bool Sensitive);

/// <summary>How many records a run of produce stored.</summary>
internal sealed record ProducedRow(string Topic, long Records, long Bytes);

/// <summary>A stored batch, as its header says.</summary>
internal sealed record BatchRow(
    string File,
    long Position,
    long BaseOffset,
    long LastOffset,
    int Records,
    long Bytes,
    string Compression,
    int LeaderEpoch,
    long ProducerId,
    int ProducerEpoch,
    int BaseSequence,
    bool Transactional,
    bool Control,
    long MaxTimestamp,
    bool Valid)
{
    /// <summary>In UTC, to the millisecond; a dash for none.</summary>
    public string? Time => TimeText.Of(MaxTimestamp);
}

/// <summary>Times of records.</summary>
internal static class TimeText
{
    /// <param name="timestamp">Milliseconds since 1970; negative for none.</param>
    public static string? Of(long timestamp) => timestamp is < 0 or > 253402300799999
        ? null
        : DateTimeOffset.FromUnixTimeMilliseconds(timestamp).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
