using OrleansStreaming.Cli.Kafka.Wire;

namespace OrleansStreaming.Cli.Application;

/// <summary>Which cluster, by which way.</summary>
/// <param name="Bootstrap">Over the Kafka port; null for the other way.</param>
/// <param name="ClusterDirectory">Over the Orleans client; null for the other way.</param>
/// <param name="Timeout">How long a call may take.</param>
internal sealed record ClusterAddress(IReadOnlyList<BrokerAddress>? Bootstrap, string? ClusterDirectory, TimeSpan Timeout);
