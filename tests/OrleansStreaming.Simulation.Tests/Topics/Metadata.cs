using OrleansStreaming.Contracts.Cluster;

namespace OrleansStreaming.Simulation.Tests.Topics;

/// <summary>What brokers tail: the topic, once it is known, and the brokers that are up.</summary>
internal sealed record Metadata(TopicDescription? Topic, LivingBroker[] Living);
