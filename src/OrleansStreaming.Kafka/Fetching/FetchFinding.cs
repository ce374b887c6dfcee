using OrleansStreaming.Kafka.Protocol.Messages;

namespace OrleansStreaming.Kafka.Fetching;

/// <summary>What a fetch tells about one partition.</summary>
internal readonly record struct FetchFinding(FetchTarget Target, FetchResponse.PartitionData Data);
