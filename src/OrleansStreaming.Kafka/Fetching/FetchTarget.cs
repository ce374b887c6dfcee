using OrleansStreaming.Kafka.Protocol.Messages;

namespace OrleansStreaming.Kafka.Fetching;

/// <summary>
/// A partition that a client fetches: named by topic name, or by topic id alone where the id is set. In a session it lives from
/// fetch to fetch and remembers what the client was told, so that it is told again only what has changed (KIP-227).
/// </summary>
internal sealed class FetchTarget(string? topic, Guid topicId, FetchRequest.FetchPartition asked)
{
    /// <summary>Differs from every offset, also from the -1 of an error.</summary>
    private const long NeverTold = long.MinValue;

    private long _highWatermark = NeverTold;
    private long _logStart = NeverTold;

    public string? Topic { get; } = topic;

    public Guid TopicId { get; } = topicId;

    /// <summary>Offset, epochs and limit as the client last gave them.</summary>
    public FetchRequest.FetchPartition Asked { get; set; } = asked;

    /// <summary>Whether the client must be told, though there are no records and no error.</summary>
    public bool IsNews(long highWatermark, long logStart) => highWatermark != _highWatermark || logStart != _logStart;

    /// <summary>Remembers what the client is told now; after an error it is told again whatever comes.</summary>
    public void Tell(FetchResponse.PartitionData told)
    {
        _highWatermark = told.ErrorCode == 0 ? told.HighWatermark : NeverTold;
        _logStart = told.LogStartOffset;
    }

    /// <summary>The partitions of a request, in its order.</summary>
    public static List<FetchTarget> Of(FetchRequest request)
    {
        var targets = new List<FetchTarget>();
        foreach (var topic in request.Topics)
        {
            foreach (var partition in topic.Partitions)
            {
                targets.Add(new FetchTarget(topic.Topic, topic.TopicId, partition));
            }
        }

        return targets;
    }
}
