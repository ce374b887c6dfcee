using System.Collections.Immutable;
using Orleans;
using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Contracts.Cluster;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>What the controller writes down. Never changed in place: a decision makes another one, which is written, then used.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.ControllerState")]
public sealed record ControllerState
{
    /// <summary>22 characters, base64url of a UUID, as Kafka's; empty before the first start.</summary>
    [Id(0)] public string ClusterId { get; init; } = "";

    /// <summary>Grows with each activation of the controller: the upper half of metadata versions.</summary>
    [Id(1)] public int Term { get; init; }

    [Id(2)] public ImmutableDictionary<int, BrokerRegistration> Brokers { get; init; } = ImmutableDictionary<int, BrokerRegistration>.Empty;

    /// <summary>By name. What a topic looks like is its topic grain's to know.</summary>
    [Id(3)] public ImmutableDictionary<string, TopicEntry> Topics { get; init; } = ImmutableDictionary<string, TopicEntry>.Empty;

    /// <summary>Deleted topics that somebody still has to forget, by topic id.</summary>
    [Id(4)] public ImmutableDictionary<Guid, TopicDeletion> Deletions { get; init; } = ImmutableDictionary<Guid, TopicDeletion>.Empty;

    /// <summary>Dynamic broker configs by broker id in decimal; "" is the cluster-wide default.</summary>
    [Id(5)] public ImmutableDictionary<string, ImmutableDictionary<string, string>> BrokerConfigs { get; init; } =
        ImmutableDictionary<string, ImmutableDictionary<string, string>>.Empty;

    /// <summary>The highest broker epoch ever given.</summary>
    [Id(6)] public long LastBrokerEpoch { get; init; }

    /// <summary>Configs of consumer groups by group id; groups without any are absent.</summary>
    [Id(7)] public ImmutableDictionary<string, ImmutableDictionary<string, string>> GroupConfigs { get; init; } =
        ImmutableDictionary<string, ImmutableDictionary<string, string>>.Empty;
}

/// <summary>A topic that exists, or will: with a plan, its topic grain may not have been told yet.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.TopicEntry")]
public sealed record TopicEntry
{
    [Id(0)] public Guid Id { get; init; }

    [Id(1)] public bool IsInternal { get; init; }

    /// <summary>Set until the topic grain has written it: after a crash the creation is completed from here.</summary>
    [Id(2)] public TopicPlan? Plan { get; init; }
}

/// <summary>A topic that was deleted.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.TopicDeletion")]
public sealed record TopicDeletion
{
    [Id(0)] public string Name { get; init; } = "";

    /// <summary>Whether the topic grain has forgotten it, so that the name is free.</summary>
    [Id(1)] public bool IsForgotten { get; init; }

    /// <summary>Brokers that have not yet said that they removed its files.</summary>
    [Id(2)] public int[] PendingBrokers { get; init; } = [];
}
