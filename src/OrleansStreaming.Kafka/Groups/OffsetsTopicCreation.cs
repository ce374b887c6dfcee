using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Kafka.Admin;
using OrleansStreaming.Kafka.Settings;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Groups;

/// <summary>Creates the offsets topic when the first client looks for a coordinator.</summary>
internal sealed class OffsetsTopicCreation(IClusterMetadata metadata, TopicAdministration topics, BrokerSettings settings)
{
    /// <summary>The topic, or null when it cannot be created now.</summary>
    public async Task<TopicDescription?> EnsureAsync(CancellationToken cancellationToken)
    {
        if (metadata.Current.Topics.TryGetValue(OffsetsTopic.Name, out var topic))
        {
            return topic;
        }

        var living = metadata.Current.Brokers.Values.Count(broker => broker.IsAlive);
        var created = await topics.CreateAsync(
            OffsetsTopic.CreateCommand(settings.Int, living),
            RequestTimeouts.Default,
            cancellationToken).ConfigureAwait(false);
        return created.Error is ErrorCode.None or ErrorCode.TopicAlreadyExists
            ? metadata.Current.Topics.GetValueOrDefault(OffsetsTopic.Name)
            : null;
    }
}
