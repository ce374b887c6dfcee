using System.Net;
using OrleansStreaming.Kafka.Producers;

namespace OrleansStreaming.Kafka.Dispatch;

/// <summary>What is known of the client behind a connection.</summary>
public sealed class ClientConnection(string id, EndPoint? remote)
{
    /// <summary>The connection's id in logs.</summary>
    public string Id { get; } = id;

    public EndPoint? Remote { get; } = remote;

    /// <summary>From ApiVersions v3 on (KIP-511); "unknown" before.</summary>
    public string SoftwareName { get; set; } = "unknown";

    /// <inheritdoc cref="SoftwareName"/>
    public string SoftwareVersion { get; set; } = "unknown";

    /// <summary>For the produce request whose turn it is.</summary>
    internal RefusedBatches Refused { get; } = new();
}
