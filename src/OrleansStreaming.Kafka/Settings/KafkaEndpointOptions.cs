namespace OrleansStreaming.Kafka.Settings;

/// <summary>Limits and defaults of the Kafka endpoint. Values of Kafka's broker configs are looked up by name, see <see cref="Configs"/>.</summary>
public sealed class KafkaEndpointOptions
{
    /// <summary>The broker this endpoint belongs to.</summary>
    public int BrokerId { get; set; } = 1;

    /// <summary>Largest request in bytes; Kafka's <c>socket.request.max.bytes</c> and its default of 100 MiB.</summary>
    public int MaxRequestBytes { get; set; } = 104_857_600;

    /// <summary>
    /// Requests of one connection that may wait for their answers before the connection is read no further. Clients keep 5
    /// (the idempotent limit) to some tens in flight; 256 leaves room and bounds memory.
    /// </summary>
    public int MaxRequestsInFlight { get; set; } = 256;

    /// <summary>Bytes received ahead of the request being handled, per connection.</summary>
    public long MaxReadAheadBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>The broker's static configs by Kafka's names, without defaults.</summary>
    public IReadOnlyDictionary<string, string> Configs { get; set; } = new Dictionary<string, string>();
}
