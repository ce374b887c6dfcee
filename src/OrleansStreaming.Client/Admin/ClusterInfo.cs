using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Admin;

/// <summary>The cluster as this client sees it.</summary>
/// <param name="ClusterId">Unique, for ever.</param>
/// <param name="Controller">The broker shown as controller to Kafka clients; none while there is none.</param>
/// <param name="Brokers">All known brokers by id, dead ones too.</param>
public sealed record ClusterInfo(string ClusterId, BrokerId Controller, IReadOnlyList<BrokerInfo> Brokers);

/// <summary>A broker.</summary>
/// <param name="Id">Its number, which survives restarts.</param>
/// <param name="Host">Where Kafka clients reach it.</param>
/// <param name="Port">Where Kafka clients reach it.</param>
/// <param name="Rack">Where it stands; null when unknown.</param>
/// <param name="IsAlive">Whether the cluster counts on it now.</param>
public sealed record BrokerInfo(BrokerId Id, string Host, int Port, string? Rack, bool IsAlive);
