namespace OrleansStreaming.Cli.Kafka.Wire;

/// <summary>How the Kafka client of this tool connects and how patient it is.</summary>
internal sealed record KafkaOptions
{
    public required IReadOnlyList<BrokerAddress> Bootstrap { get; init; }

    public string ClientId { get; init; } = "ostream";

    public string ClientVersion { get; init; } = "0";

    /// <summary>How long a call may take with all its retries, beyond what it asks a broker to wait.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a topic that a broker does not know is asked for again: it may be new.</summary>
    public TimeSpan TopicPatience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The pause before a call is tried again; it doubles up to <see cref="RetryBackoffMax"/>.</summary>
    public TimeSpan RetryBackoff { get; init; } = TimeSpan.FromMilliseconds(50);

    public TimeSpan RetryBackoffMax { get; init; } = TimeSpan.FromSeconds(1);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Spreads records without a key.</summary>
    public required Random Chance { get; init; }
}
