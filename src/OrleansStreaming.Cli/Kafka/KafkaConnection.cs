using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Kafka.Admin;
using OrleansStreaming.Cli.Kafka.Consuming;
using OrleansStreaming.Cli.Kafka.Producing;
using OrleansStreaming.Cli.Kafka.Wire;

namespace OrleansStreaming.Cli.Kafka;

/// <summary>A cluster over its Kafka port: Orleans Streaming's or any other.</summary>
internal sealed class KafkaConnection : IClusterConnection
{
    private readonly KafkaCluster _cluster;
    private readonly PartitionOffsets _offsets;
    private readonly GroupPositions _positions;

    public KafkaConnection(KafkaOptions options)
    {
        _cluster = new KafkaCluster(options);
        _offsets = new PartitionOffsets(_cluster);
        _positions = new GroupPositions(_cluster);
        var configs = new KafkaConfigs(_cluster);
        Configs = configs;
        Topics = new KafkaTopics(_cluster, configs, _offsets);
        Groups = new KafkaGroups(_cluster, _positions, _offsets);
        Brokers = new KafkaBrokers(_cluster);
    }

    public ITopics Topics { get; }

    public IGroups Groups { get; }

    public IConfigs Configs { get; }

    public IBrokers Brokers { get; }

    public IRecordWriter OpenWriter(WriterOptions options) => new KafkaWriter(_cluster, options);

    public IRecordFeed OpenFeed(FeedOptions options) => options.GroupId is { } groupId
        ? new KafkaGroupFeed(_cluster, _offsets, _positions, groupId, options)
        : new KafkaFeed(_cluster, _offsets, options);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
