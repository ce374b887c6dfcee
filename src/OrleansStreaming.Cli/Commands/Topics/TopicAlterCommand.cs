using System.CommandLine;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Commands.Configs;
using OrleansStreaming.Cli.Output;
using OrleansStreaming.Client.Admin;

namespace OrleansStreaming.Cli.Commands.Topics;

/// <summary><c>topic alter</c>.</summary>
internal sealed class TopicAlterCommand : ClusterCommand
{
    private readonly Argument<string> _topic = new("topic") { Description = "The topic's name." };
    private readonly Option<int?> _partitions = new("--partitions", "-p") { HelpName = "COUNT", Description = "Grow to so many partitions in all. Keys move to other partitions from then on." };
    private readonly Option<string[]> _set = new("--set") { HelpName = "NAME=VALUE", Description = "Set a config. May be repeated." };
    private readonly Option<string[]> _unset = new("--unset") { HelpName = "NAME", Description = "Give a config back its default. May be repeated." };

    public TopicAlterCommand(Tool tool)
        : base(tool, "alter", "Grow a topic or change its configs.",
            "ostream topic alter orders --partitions 12 --bootstrap localhost:9092",
            "ostream topic alter orders --set retention.ms=86400000 --unset segment.bytes")
    {
        Add(_topic);
        Add(_partitions);
        Add(_set);
        Add(_unset);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, IClusterConnection cluster, Report report, CancellationToken cancellationToken)
    {
        var topic = parsed.GetRequiredValue(_topic);
        var changes = ConfigChanges.Of(parsed.GetValue(_set), parsed.GetValue(_unset));
        var partitions = parsed.GetValue(_partitions);
        if (changes.Count == 0 && partitions is null)
        {
            throw new UsageException("Nothing to change: name --partitions, --set or --unset.");
        }

        if (changes.Count > 0)
        {
            await cluster.Configs.AlterAsync(ConfigResource.Topic(topic), changes, cancellationToken);
        }

        if (partitions is { } count)
        {
            await cluster.Topics.GrowAsync(topic, count, cancellationToken);
        }

        report.Done($"Altered topic '{topic}'.");
        return ExitCode.Done;
    }
}
