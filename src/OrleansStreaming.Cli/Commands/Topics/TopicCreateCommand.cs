using System.CommandLine;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Output;
using OrleansStreaming.Client.Admin;

namespace OrleansStreaming.Cli.Commands.Topics;

/// <summary><c>topic create</c>.</summary>
internal sealed class TopicCreateCommand : ClusterCommand
{
    private readonly Argument<string> _topic = new("topic") { Description = "The topic's name." };
    private readonly Option<int?> _partitions = new("--partitions", "-p") { HelpName = "COUNT", Description = "How many partitions. [default: the cluster's]" };
    private readonly Option<short?> _replicas = new("--replication-factor", "-r") { HelpName = "COUNT", Description = "How many replicas each. [default: the cluster's]" };
    private readonly Option<string[]> _configs = new("--config", "-c") { HelpName = "NAME=VALUE", Description = "A topic config. May be repeated." };
    private readonly Option<bool> _validateOnly = new("--validate-only") { Description = "Check everything and create nothing." };

    public TopicCreateCommand(Tool tool)
        : base(tool, "create", "Create a topic.",
            "ostream topic create orders --partitions 6 --config retention.ms=604800000 --bootstrap localhost:9092")
    {
        Add(_topic);
        Add(_partitions);
        Add(_replicas);
        Add(_configs);
        Add(_validateOnly);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, IClusterConnection cluster, Report report, CancellationToken cancellationToken)
    {
        var topic = new NewTopic(parsed.GetRequiredValue(_topic))
        {
            PartitionCount = parsed.GetValue(_partitions),
            ReplicationFactor = parsed.GetValue(_replicas),
            Configs = NameValues.Parse("--config", parsed.GetValue(_configs)),
            ValidateOnly = parsed.GetValue(_validateOnly),
        };
        await cluster.Topics.CreateAsync(topic, cancellationToken);
        report.Done(topic.ValidateOnly ? $"Topic '{topic.Name}' could be created." : $"Created topic '{topic.Name}'.");
        return ExitCode.Done;
    }
}
