namespace OrleansStreaming.Contracts.Configs;

/// <summary>The type of a config's value, with Kafka's wire number.</summary>
public enum ConfigType : byte
{
    Unknown = 0,
    Boolean = 1,
    String = 2,
    Int = 3,
    Short = 4,
    Long = 5,
    Double = 6,
    List = 7,
    Class = 8,
    Password = 9,
}

/// <summary>One config entry that the product honours or answers for, named as in Kafka.</summary>
public sealed class ConfigDefinition
{
    public required string Name { get; init; }

    public required ConfigType Type { get; init; }

    /// <summary>Kafka's default, as text; null when there is none.</summary>
    public required string? Default { get; init; }

    /// <summary>What it does, in our words, with its unit.</summary>
    public required string Documentation { get; init; }

    /// <summary>For a topic config: the broker config that gives its default, e.g. <c>log.retention.ms</c>; null when none.</summary>
    public string? BrokerSynonym { get; init; }

    /// <summary>Only set in the broker's own configuration, never by AlterConfigs.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>For a dynamic broker config: it may only be set for one broker, never as the cluster-wide default.</summary>
    public bool IsPerBroker { get; init; }

    /// <summary>The value is a secret: it is never answered or logged.</summary>
    public bool IsSensitive => Type == ConfigType.Password;

    /// <summary>Null when the value is acceptable, else why not. The value is never null.</summary>
    public required Func<string, string?> Validate { get; init; }
}
