using System.CommandLine;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Output;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Commands.Brokers;

/// <summary><c>cluster elect</c>.</summary>
internal sealed class ClusterElectCommand : ClusterCommand
{
    private readonly Option<string?> _topic = new("--topic", "-t") { HelpName = "NAME", Description = "The topic. [default: all]" };
    private readonly Option<int[]> _partitions = new("--partition", "-p") { HelpName = "NUMBER", Description = "One partition of it. May be repeated. [default: all]" };
    private readonly Option<bool> _unclean = new("--unclean") { Description = "Take any living replica where no replica in sync is left. Loses records." };

    public ClusterElectCommand(Tool tool)
        : base(tool, "elect", "Give leadership back to the preferred replicas.",
            "ostream cluster elect --bootstrap localhost:9092", "ostream cluster elect --topic orders --partition 3 --unclean")
    {
        Add(_topic);
        Add(_partitions);
        Add(_unclean);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, IClusterConnection cluster, Report report, CancellationToken cancellationToken)
    {
        var chosen = parsed.GetValue(_partitions) ?? [];
        TopicPartition[]? partitions = null;
        if (parsed.GetValue(_topic) is { } topic)
        {
            var found = await cluster.Topics.FindAsync(topic, cancellationToken) ?? throw Unknown.Topic(topic);
            partitions = [.. (chosen.Length > 0 ? chosen : Enumerable.Range(0, found.Partitions.Count)).Select(partition => new TopicPartition(topic, partition))];
        }
        else if (chosen.Length > 0)
        {
            throw new UsageException("--partition needs --topic.");
        }

        return Outcomes.Show(report, await cluster.Brokers.ElectAsync(partitions, parsed.GetValue(_unclean), cancellationToken));
    }
}
