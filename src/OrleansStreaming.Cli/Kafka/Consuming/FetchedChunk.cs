using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Kafka.Consuming;

/// <summary>What one fetch brought of a partition; without records when only markers or aborted ones lie there.</summary>
/// <param name="Next">Where reading goes on.</param>
internal sealed record FetchedChunk(TopicPartition Partition, IReadOnlyList<IncomingRecord> Records, Offset Next);
