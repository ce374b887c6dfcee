using System.CommandLine;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Output;

namespace OrleansStreaming.Cli.Commands.Configs;

/// <summary><c>config set</c>.</summary>
internal sealed class ConfigSetCommand : ClusterCommand
{
    private readonly ConfigResourceOptions _resource = new();
    private readonly Argument<string[]> _set = new("name=value") { Arity = ArgumentArity.ZeroOrMore, Description = "What to set." };
    private readonly Option<string[]> _unset = new("--unset") { HelpName = "NAME", Description = "Give a config back its default. May be repeated." };

    public ConfigSetCommand(Tool tool)
        : base(tool, "set", "Change configs, all or none.",
            "ostream config set --topic orders retention.ms=86400000 --bootstrap localhost:9092", "ostream config set --all-brokers --unset log.retention.ms")
    {
        _resource.AddTo(this);
        Add(_set);
        Add(_unset);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, IClusterConnection cluster, Report report, CancellationToken cancellationToken)
    {
        var resource = _resource.Value(parsed);
        var changes = ConfigChanges.Of(parsed.GetValue(_set), parsed.GetValue(_unset));
        if (changes.Count == 0)
        {
            throw new UsageException("Nothing to change: name NAME=VALUE or --unset NAME.");
        }

        await cluster.Configs.AlterAsync(resource, changes, cancellationToken);
        report.Done($"Changed {string.Join(", ", changes.Select(change => change.Name))}.");
        return ExitCode.Done;
    }
}
