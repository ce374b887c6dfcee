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

    /// <summary>Under which that process registered: grows with each registration in the cluster.</summary>
    [Id(6)] public long Epoch { get; init; }

    /// <summary>The oldest of its epochs since which every stop was clean (KIP-966).</summary>
    [Id(7)] public long CleanSince { get; init; }

    /// <summary>The silo that is that process, in parsable form; empty when it did not say.</summary>
    [Id(8)] public string Silo { get; init; } = "";

    /// <summary>It is handing its leaderships over, to stop.</summary>
    [Id(9)] public bool IsStopping { get; init; }
}
