namespace OrleansStreaming.Replication.Brokers;

/// <summary>The broker must not or cannot start; the message says why in one line, for people.</summary>
public sealed class BrokerStartException(string message, Exception? inner = null) : Exception(message, inner);
