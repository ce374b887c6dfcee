using System.Collections.Immutable;

namespace OrleansStreaming.Contracts.Cluster;

/// <summary>How an image follows from another and an update. Pure.</summary>
public static class ClusterImages
{
    /// <summary>The newer image; the same one for an update that is older or changes nothing.</summary>
    public static ClusterImage Apply(ClusterImage image, MetadataUpdate update)
    {
        if (update.Version <= image.Version)
        {
            return image;
        }

        var start = update.IsSnapshot ? ClusterImage.Empty : image;
        var topics = start.Topics.ToBuilder();
        var byId = start.TopicsById.ToBuilder();
        foreach (var id in update.UnknownTopics)
        {
            if (image.TopicsById.TryGetValue(id, out var known))
            {
                topics[known.Name] = known;
                byId[id] = known;
            }
        }

        foreach (var id in update.DeletedTopics)
        {
            if (byId.TryGetValue(id, out var gone))
            {
                byId.Remove(id);
                topics.Remove(gone.Name);
            }
        }

        foreach (var topic in update.Topics)
        {
            topics[topic.Name] = topic;
            byId[topic.Id] = topic;
        }

        return new ClusterImage
        {
            Version = update.Version,
            ClusterId = update.ClusterId,
            Controller = update.Controller,
            Brokers = update.Brokers.ToImmutableSortedDictionary(broker => broker.Id, broker => broker),
            Topics = topics.ToImmutable(),
            TopicsById = byId.ToImmutable(),
            BrokerConfigs = update.BrokerConfigs.ToImmutableDictionary(),
            GroupConfigs = update.GroupConfigs?.ToImmutableDictionary() ?? image.GroupConfigs,
        };
    }
}
