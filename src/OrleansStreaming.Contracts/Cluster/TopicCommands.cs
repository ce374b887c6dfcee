using Orleans;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Cluster;

/// <summary>Create a topic. Either <see cref="Assignments"/> is set, or the counts are (-1: the broker's default).</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.CreateTopicCommand")]
public sealed class CreateTopicCommand
{
    [Id(0)] public required string Name { get; init; }

    /// <summary>-1 for <c>num.partitions</c>.</summary>
    [Id(1)] public int PartitionCount { get; init; } = -1;

    /// <summary>-1 for <c>default.replication.factor</c>.</summary>
    [Id(2)] public short ReplicationFactor { get; init; } = -1;

    /// <summary>Replica broker ids per partition index, preferred leader first; empty when the controller places them.</summary>
    [Id(3)] public IReadOnlyDictionary<int, int[]> Assignments { get; init; } = new Dictionary<int, int[]>();

    [Id(4)] public IReadOnlyDictionary<string, string> Configs { get; init; } = new Dictionary<string, string>();

    /// <summary>Checks everything and changes nothing.</summary>
    [Id(5)] public bool ValidateOnly { get; init; }

    /// <summary>Internal topics may carry reserved names and cannot be deleted by clients.</summary>
    [Id(6)] public bool IsInternal { get; init; }
}

/// <summary>Delete a topic by name, or by id when the name is null.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.DeleteTopicCommand")]
public sealed class DeleteTopicCommand
{
    [Id(0)] public string? Name { get; init; }

    [Id(1)] public TopicId TopicId { get; init; }
}

/// <summary>Grow a topic to <see cref="TotalCount"/> partitions.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.CreatePartitionsCommand")]
public sealed class CreatePartitionsCommand
{
    [Id(0)] public required string Name { get; init; }

    [Id(1)] public int TotalCount { get; init; }

    /// <summary>Replica broker ids of each new partition, in order; null when the controller places them.</summary>
    [Id(2)] public IReadOnlyList<int[]>? NewAssignments { get; init; }

    [Id(3)] public bool ValidateOnly { get; init; }
}

/// <summary>What a topic command did: the error, or the topic as it now is.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.TopicCommandResult")]
public sealed class TopicCommandResult
{
    [Id(0)] public ErrorCode Error { get; init; }

    /// <summary>Why, in words for the client; null when there was no error.</summary>
    [Id(1)] public string? ErrorMessage { get; init; }

    /// <summary>The effect is visible in metadata of this version and later.</summary>
    [Id(2)] public long MetadataVersion { get; init; }

    /// <summary>
    /// The topic after the command (with ValidateOnly: as it would be); null on errors, deletes and broker configs. When a topic grain
    /// refuses a creation with TOPIC_ALREADY_EXISTS: the topic that is in the way.
    /// </summary>
    [Id(3)] public TopicDescription? Topic { get; init; }

    /// <summary>An election waits for replicas that have not said yet where they end; it is to be held again soon.</summary>
    [Id(4)] public bool IsUnsettled { get; init; }

    public static TopicCommandResult Refused(ErrorCode error, string message) => new() { Error = error, ErrorMessage = message };
}
