using System.CommandLine;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Output;

namespace OrleansStreaming.Cli.Commands.Topics;

/// <summary><c>topic delete</c>.</summary>
internal sealed class TopicDeleteCommand : ClusterCommand
{
    private readonly Argument<string[]> _topics = new("topic") { Arity = ArgumentArity.OneOrMore, Description = "The topics' names." };

    public TopicDeleteCommand(Tool tool)
        : base(tool, "delete", "Delete topics with their records, for good.", "ostream topic delete orders --bootstrap localhost:9092") => Add(_topics);

    protected override async Task<int> RunAsync(ParseResult parsed, IClusterConnection cluster, Report report, CancellationToken cancellationToken)
    {
        var topics = parsed.GetRequiredValue(_topics);
        foreach (var topic in topics)
        {
            await cluster.Topics.DeleteAsync(topic, cancellationToken);
        }

        report.Done($"Deleted {string.Join(", ", topics.Select(topic => $"'{topic}'"))}.");
        return ExitCode.Done;
    }
}
