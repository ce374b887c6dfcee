using Orleans;

namespace OrleansStreaming.Contracts.Cluster;

/// <summary>What a config entry is about. Values are Kafka's resource types.</summary>
public enum ConfigResourceType : byte
{
    Unknown = 0,
    Topic = 2,
    Broker = 4,
    BrokerLogger = 8,
    ClientMetrics = 16,
    Group = 32,
}

/// <summary>Kafka's operations on a config entry (KIP-339).</summary>
public enum ConfigOperation : byte
{
    Set = 0,
    Delete = 1,
    Append = 2,
    Subtract = 3,
}

[GenerateSerializer, Immutable, Alias("OrleansStreaming.ConfigChange")]
public sealed class ConfigChange
{
    [Id(0)] public required string Name { get; init; }

    [Id(1)] public ConfigOperation Operation { get; init; }

    [Id(2)] public string? Value { get; init; }
}

/// <summary>Change one resource's configs, all or none.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.AlterConfigsCommand")]
public sealed class AlterConfigsCommand
{
    [Id(0)] public ConfigResourceType ResourceType { get; init; }

    /// <summary>A topic's or group's name, or a broker's id in decimal; empty for the cluster-wide broker default.</summary>
    [Id(1)] public required string ResourceName { get; init; }

    [Id(2)] public IReadOnlyList<ConfigChange> Changes { get; init; } = [];

    /// <summary>True for the old AlterConfigs: what <see cref="Changes"/> does not name goes back to its default.</summary>
    [Id(3)] public bool ReplaceAll { get; init; }

    [Id(4)] public bool ValidateOnly { get; init; }
}
