using System.Globalization;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Producing;

/// <summary>A topic as it was described once, with a sender for each partition.</summary>
internal sealed class TopicRoute
{
    public TopicRoute(ProducerShared shared, TopicDescription topic, TopicRoute? former, TopicLine line, ProducerId producerId)
    {
        Topic = topic;
        Line = line;
        var size = shared.Options.BatchSize;
        if (topic.Configs.TryGetValue("max.message.bytes", out var limit) && int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
        {
            size = Math.Min(size, bytes);
        }

        // A topic created anew under the name shares nothing with the former one.
        var kept = former is not null && former.Topic.Id == topic.Id ? former : null;
        Keyless = kept?.Keyless ?? new KeylessChoice(shared.Options.Keyless, size, shared.Link.Chance);
        Senders = new PartitionSender[topic.Partitions.Count];
        for (var i = 0; i < Senders.Length; i++)
        {
            Senders[i] = i < kept?.Senders.Length
                ? kept.Senders[i]
                : new PartitionSender(shared, new TopicPartition(topic.Name, i), topic.Id, size, producerId);
        }
    }

    public TopicDescription Topic { get; }

    public TopicLine Line { get; }

    public KeylessChoice Keyless { get; }

    public PartitionSender[] Senders { get; }
}
