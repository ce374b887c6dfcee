using OrleansStreaming.Client.Serialization;

namespace OrleansStreaming.Client;

/// <summary>How this process talks to the cluster, and what its producers and consumers start from.</summary>
public sealed class StreamingClientOptions
{
    /// <summary>The configuration section these options are bound from by convention: <c>OrleansStreaming:Client</c>.</summary>
    public const string Section = "OrleansStreaming:Client";

    /// <summary>The name that group descriptions show for this process. Default: <c>orleans-streaming</c>.</summary>
    public string ClientId { get; set; } = "orleans-streaming";

    /// <summary>
    /// How long a call waits for a topic or a cluster that it does not see, before it fails with
    /// <see cref="UnknownTopicException"/> or <see cref="BrokerUnavailableException"/>. Default: 5 s.
    /// </summary>
    public TimeSpan MetadataTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long one call to a broker may take before it is tried again; keep it below the Orleans response timeout (30 s).
    /// Default: 20 s.
    /// </summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>The first pause before a call is tried again; it doubles, with jitter, up to <see cref="RetryBackoffMax"/>. Default: 50 ms.</summary>
    public TimeSpan RetryBackoff { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest pause between tries. Default: 1 s.</summary>
    public TimeSpan RetryBackoffMax { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>What every producer starts from.</summary>
    public ProducerOptions Producer { get; } = new();

    /// <summary>What every consumer starts from.</summary>
    public ConsumerOptions Consumer { get; } = new();

    /// <summary>Serializers by type, for producers and consumers that do not name their own.</summary>
    public SerializerRegistry Serializers { get; set; } = new();
}
