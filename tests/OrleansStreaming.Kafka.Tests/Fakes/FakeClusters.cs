using System.Collections.Immutable;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Tests.Fakes;

/// <summary>Other pictures of a cluster.</summary>
internal static class FakeClusters
{
    public static ClusterImage WithoutTopics(ClusterImage image) => new()
    {
        ClusterId = image.ClusterId,
        Controller = image.Controller,
        Brokers = image.Brokers,
        BrokerConfigs = image.BrokerConfigs,
        GroupConfigs = image.GroupConfigs,
    };

    /// <summary>With dynamic configs of a broker; "" for all brokers.</summary>
    public static ClusterImage WithBrokerConfig(ClusterImage image, string broker, string name, string value) => new()
    {
        ClusterId = image.ClusterId,
        Controller = image.Controller,
        Brokers = image.Brokers,
        Topics = image.Topics,
        BrokerConfigs = image.BrokerConfigs.SetItem(broker, new Dictionary<string, string> { [name] = value }),
    };

    public static ClusterImage WithGroupConfig(ClusterImage image, string group, string name, string value) => new()
    {
        ClusterId = image.ClusterId,
        Controller = image.Controller,
        Brokers = image.Brokers,
        Topics = image.Topics,
        BrokerConfigs = image.BrokerConfigs,
        GroupConfigs = image.GroupConfigs.SetItem(group, new Dictionary<string, string> { [name] = value }),
    };

    public static ClusterImage WithBroker(ClusterImage image, int id, bool isAlive) => new()
    {
        ClusterId = image.ClusterId,
        Controller = image.Controller,
        Brokers = image.Brokers.SetItem(new BrokerId(id), new BrokerDescription { Id = new BrokerId(id), Host = $"host-{id}", Port = 9090 + id, IsAlive = isAlive }),
        Topics = image.Topics,
        BrokerConfigs = image.BrokerConfigs,
        GroupConfigs = image.GroupConfigs,
    };

    public static ClusterImage WithoutBroker(ClusterImage image, BrokerId broker) => new()
    {
        ClusterId = image.ClusterId,
        Controller = image.Controller,
        Brokers = image.Brokers.Remove(broker),
        Topics = image.Topics,
        BrokerConfigs = image.BrokerConfigs,
        GroupConfigs = image.GroupConfigs,
    };

    /// <summary>The topic with one of its partitions replaced.</summary>
    public static TopicDescription With(TopicDescription topic, PartitionDescription partition) => new()
    {
        Name = topic.Name,
        Id = topic.Id,
        Partitions = [.. topic.Partitions.Select(old => old.Partition == partition.Partition ? partition : old)],
        Configs = topic.Configs,
        Version = topic.Version + 1,
    };
}
