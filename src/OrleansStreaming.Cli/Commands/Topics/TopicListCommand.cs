using System.CommandLine;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Output;

namespace OrleansStreaming.Cli.Commands.Topics;

/// <summary><c>topic list</c>.</summary>
internal sealed class TopicListCommand : ClusterCommand
{
    private readonly Option<bool> _internal = new("--internal") { Description = "Also the topics the cluster keeps for itself." };

    public TopicListCommand(Tool tool)
        : base(tool, "list", "List topics.", "ostream topic list --bootstrap localhost:9092", "ostream topic list --output json | jq -r '.[].name'") => Add(_internal);

    protected override async Task<int> RunAsync(ParseResult parsed, IClusterConnection cluster, Report report, CancellationToken cancellationToken)
    {
        var topics = await cluster.Topics.ListAsync(parsed.GetValue(_internal), cancellationToken);
        report.Rows(
            [.. topics.Select(topic => new TopicRow(topic.Name, topic.Partitions.Count, topic.Partitions.Select(partition => partition.Replicas.Count).DefaultIfEmpty().Max(), topic.IsInternal))],
            OutputJson.Compact.IReadOnlyListTopicRow,
            new Column<TopicRow>("TOPIC", row => row.Name),
            new Column<TopicRow>("PARTITIONS", row => row.Partitions, IsNumber: true),
            new Column<TopicRow>("REPLICAS", row => row.ReplicationFactor, IsNumber: true),
            new Column<TopicRow>("INTERNAL", row => row.Internal));
        return ExitCode.Done;
    }
}
