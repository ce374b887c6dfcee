using Orleans;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Configs;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Contracts.Brokers;

/// <summary>
/// Configs as they apply on one broker, which alone knows what it was started with. Pinned to it. Key: the broker id in decimal.
/// </summary>
[Alias("OrleansStreaming.IBrokerConfigsGrain")]
public interface IBrokerConfigsGrain : IGrainWithStringKey
{
    /// <summary>All configs of a topic, of a group, of this broker, or, with an empty name, of the default of all brokers.</summary>
    [Alias("Describe")]
    Task<DescribeConfigsResult> Describe(ConfigResourceType type, string name);
}

[GenerateSerializer, Immutable, Alias("OrleansStreaming.DescribeConfigsResult")]
public sealed class DescribeConfigsResult
{
    /// <summary>UNKNOWN_TOPIC_OR_PARTITION, INVALID_REQUEST.</summary>
    [Id(0)] public ErrorCode Error { get; init; }

    [Id(1)] public DescribedConfig[] Configs { get; init; } = [];
}

/// <summary>A config as it applies; what it means stands in the config catalogue.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.DescribedConfig")]
public sealed class DescribedConfig
{
    [Id(0)] public required string Name { get; init; }

    /// <summary>Null when nothing gives one, and for secrets.</summary>
    [Id(1)] public string? Value { get; init; }

    [Id(2)] public ConfigSource Source { get; init; }
}
