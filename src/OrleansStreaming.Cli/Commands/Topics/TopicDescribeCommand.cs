using System.CommandLine;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Output;
using OrleansStreaming.Client.Admin;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Commands.Topics;

/// <summary><c>topic describe</c>.</summary>
internal sealed class TopicDescribeCommand : ClusterCommand
{
    private readonly Argument<string> _topic = new("topic") { Description = "The topic's name." };

    public TopicDescribeCommand(Tool tool)
        : base(tool, "describe", "Show a topic's partitions with their replicas and offsets, and what was set on it.",
            "ostream topic describe orders --bootstrap localhost:9092") => Add(_topic);

    protected override async Task<int> RunAsync(ParseResult parsed, IClusterConnection cluster, Report report, CancellationToken cancellationToken)
    {
        var name = parsed.GetRequiredValue(_topic);
        var topic = await cluster.Topics.FindAsync(name, cancellationToken) ?? throw Unknown.Topic(name);
        var led = topic.Partitions.Where(partition => partition.Leader.Value >= 0).Select(partition => new TopicPartition(name, partition.Partition)).ToArray();
        var begins = await cluster.Topics.OffsetsAsync(led, StartPosition.Beginning, cancellationToken);
        var ends = await cluster.Topics.OffsetsAsync(led, StartPosition.End, cancellationToken);
        var details = new TopicDetails(
            topic.Name, topic.Id.Value, topic.IsInternal, [.. topic.Partitions.Select(partition => Row(name, partition, begins, ends))], topic.Configs);
        report.Item(details, OutputJson.Compact.TopicDetails, () => Show(report, details));
        return ExitCode.Done;
    }

    private static void Show(Report report, TopicDetails topic)
    {
        report.Facts(
            ("topic", topic.Name),
            ("id", topic.Id),
            ("internal", topic.Internal),
            ("configs", string.Join(", ", topic.Configs.OrderBy(config => config.Key, StringComparer.Ordinal).Select(config => $"{config.Key}={config.Value}"))));
        report.Table(
            topic.Partitions,
            new Column<PartitionRow>("PARTITION", row => row.Partition, IsNumber: true),
            new Column<PartitionRow>("LEADER", row => row.Leader < 0 ? null : row.Leader, IsNumber: true),
            new Column<PartitionRow>("REPLICAS", row => string.Join(",", row.Replicas)),
            new Column<PartitionRow>("IN SYNC", row => string.Join(",", row.InSync)),
            new Column<PartitionRow>("BEGIN", row => row.Begin, IsNumber: true),
            new Column<PartitionRow>("END", row => row.End, IsNumber: true));
    }

    private static PartitionRow Row(
        string topic, PartitionInfo partition, IReadOnlyDictionary<TopicPartition, Offset> begins, IReadOnlyDictionary<TopicPartition, Offset> ends)
    {
        var name = new TopicPartition(topic, partition.Partition);
        return new PartitionRow(
            partition.Partition,
            partition.Leader.Value,
            [.. partition.Replicas.Select(replica => replica.Value)],
            [.. partition.InSyncReplicas.Select(replica => replica.Value)],
            begins.TryGetValue(name, out var begin) ? begin.Value : null,
            ends.TryGetValue(name, out var end) ? end.Value : null);
    }
}
