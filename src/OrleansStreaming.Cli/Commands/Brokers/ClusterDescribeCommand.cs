using System.CommandLine;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Output;

namespace OrleansStreaming.Cli.Commands.Brokers;

/// <summary><c>cluster describe</c>.</summary>
internal sealed class ClusterDescribeCommand(Tool tool)
    : ClusterCommand(tool, "describe", "Show the cluster in numbers: brokers, topics, and partitions that are not well.", "ostream cluster describe --bootstrap localhost:9092")
{
    protected override async Task<int> RunAsync(ParseResult parsed, IClusterConnection cluster, Report report, CancellationToken cancellationToken)
    {
        var info = await cluster.Brokers.DescribeAsync(cancellationToken);
        var topics = await cluster.Topics.ListAsync(includeInternal: true, cancellationToken);
        var partitions = topics.SelectMany(topic => topic.Partitions).ToArray();
        var details = new ClusterDetails(
            info.ClusterId,
            info.Controller.Value,
            info.Brokers.Count(broker => broker.IsAlive),
            topics.Count,
            partitions.Length,
            partitions.Count(partition => partition.InSyncReplicas.Count < partition.Replicas.Count),
            partitions.Count(partition => partition.Leader.Value < 0));
        report.Item(details, OutputJson.Compact.ClusterDetails, () => report.Facts(
            ("cluster", details.ClusterId),
            ("controller", details.Controller < 0 ? null : details.Controller),
            ("brokers", details.Brokers),
            ("topics", details.Topics),
            ("partitions", details.Partitions),
            ("under-replicated", details.UnderReplicated),
            ("without leader", details.WithoutLeader)));
        return ExitCode.Done;
    }
}
