using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Configs;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Admin;

/// <summary>What configs are about.</summary>
/// <param name="Type">Topic, group or broker.</param>
/// <param name="Name">The topic's or group's name, the broker's id in decimal, or empty for the default of all brokers.</param>
public readonly record struct ConfigResource(ConfigResourceType Type, string Name)
{
    /// <summary>The default of all brokers.</summary>
    public static ConfigResource AllBrokers { get; } = new(ConfigResourceType.Broker, "");

    /// <summary>A topic.</summary>
    public static ConfigResource Topic(string name) => new(ConfigResourceType.Topic, name);

    /// <summary>A consumer group of the new protocol (KIP-848), which need not exist yet.</summary>
    public static ConfigResource Group(string id) => new(ConfigResourceType.Group, id);

    /// <summary>A broker.</summary>
    public static ConfigResource Broker(BrokerId id) => new(ConfigResourceType.Broker, id.ToString());
}

/// <summary>A config as it applies.</summary>
/// <param name="Name">Its name in Kafka.</param>
/// <param name="Value">Null when nothing gives one, and for secrets.</param>
/// <param name="Source">Where the value comes from.</param>
/// <param name="IsReadOnly">Only set when a broker starts.</param>
/// <param name="IsSensitive">A secret.</param>
/// <param name="Documentation">What it does, with its unit.</param>
public sealed record ConfigInfo(string Name, string? Value, ConfigSource Source, bool IsReadOnly, bool IsSensitive, string Documentation)
{
    /// <summary>Nothing was set: the value is Kafka's default.</summary>
    public bool IsDefault => Source is ConfigSource.DefaultConfig;
}
