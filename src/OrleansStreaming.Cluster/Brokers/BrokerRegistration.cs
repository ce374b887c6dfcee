using Orleans;

namespace OrleansStreaming.Cluster.Brokers;

/// <summary>A broker as the controller writes it down.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.BrokerRegistration")]
public sealed record BrokerRegistration
{
    [Id(0)] public int Id { get; init; }

    [Id(1)] public string Host { get; init; } = "";

    [Id(2)] public int Port { get; init; }

    [Id(3)] public string? Rack { get; init; }

    /// <summary>The process that registered last.</summary>
    [Id(4)] public Guid Incarnation { get; init; }

    /// <summary>Whether that process has recovered its logs and may lead.</summary>
    [Id(5)] public bool IsReady { get; init; }
}
