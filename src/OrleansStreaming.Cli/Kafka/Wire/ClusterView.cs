using OrleansStreaming.Client.Admin;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Kafka.Wire;

/// <summary>What one Metadata answer says.</summary>
/// <param name="Errors">Of topics that were asked for by name and cannot be described.</param>
internal sealed record ClusterView(
    string ClusterId,
    BrokerId Controller,
    IReadOnlyDictionary<int, BrokerInfo> Brokers,
    IReadOnlyDictionary<string, TopicInfo> Topics,
    IReadOnlyDictionary<string, ErrorCode> Errors)
{
    private static readonly Dictionary<string, string> _noConfigs = [];

    public static ClusterView Of(MetadataResponse response)
    {
        var topics = new Dictionary<string, TopicInfo>();
        var errors = new Dictionary<string, ErrorCode>();
        foreach (var topic in response.Topics)
        {
            if ((ErrorCode)topic.ErrorCode != ErrorCode.None)
            {
                errors[topic.Name ?? ""] = (ErrorCode)topic.ErrorCode;
                continue;
            }

            topics[topic.Name!] = new TopicInfo(
                topic.Name!,
                new TopicId(topic.TopicId),
                topic.IsInternal,
                [.. topic.Partitions.OrderBy(partition => partition.PartitionIndex).Select(Partition)],
                _noConfigs);
        }

        return new ClusterView(
            response.ClusterId ?? "",
            new BrokerId(response.ControllerId),
            response.Brokers.ToDictionary(broker => broker.NodeId, broker => new BrokerInfo(new BrokerId(broker.NodeId), broker.Host, broker.Port, broker.Rack, true)),
            topics,
            errors);
    }

    /// <summary>Who leads the partition; <see cref="BrokerId.None"/> when nobody does or it is not there.</summary>
    public BrokerId LeaderOf(TopicPartition partition) =>
        Topics.TryGetValue(partition.Topic, out var topic) && topic.Partitions.FirstOrDefault(one => one.Partition == partition.Partition) is { } found
            ? found.Leader
            : BrokerId.None;

    private static PartitionInfo Partition(MetadataResponse.MetadataResponsePartition partition) => new(
        partition.PartitionIndex,
        new BrokerId(partition.LeaderId),
        new LeaderEpoch(partition.LeaderEpoch),
        [.. partition.ReplicaNodes.Select(id => new BrokerId(id))],
        [.. partition.IsrNodes.Select(id => new BrokerId(id))]);
}
