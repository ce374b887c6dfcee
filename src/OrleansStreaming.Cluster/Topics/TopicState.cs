using System.Collections.Immutable;
using Orleans;

namespace OrleansStreaming.Cluster.Topics;

/// <summary>What a topic grain writes down. Never changed in place.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.TopicState")]
public sealed record TopicState
{
    [Id(0)] public string Name { get; init; } = "";

    /// <summary>Empty: there is no such topic.</summary>
    [Id(1)] public Guid Id { get; init; }

    [Id(2)] public bool IsInternal { get; init; }

    /// <summary>Grows with each write of this topic.</summary>
    [Id(3)] public long Version { get; init; }

    [Id(4)] public PartitionState[] Partitions { get; init; } = [];

    /// <summary>The highest term of a controller that had a say here: an older one knows less about who is up.</summary>
    [Id(6)] public int ControllerTerm { get; init; }

    [Id(5)] public ImmutableDictionary<string, string> Configs { get; init; } = ImmutableDictionary<string, string>.Empty;
}
