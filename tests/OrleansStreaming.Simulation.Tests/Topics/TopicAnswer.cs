using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Simulation.Tests.Topics;

/// <summary>What a topic grain says: why not, or the topic as it now is.</summary>
internal readonly record struct TopicAnswer(ErrorCode Error, TopicDescription? Topic);
