using System.CommandLine;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Output;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Cli.Commands.Configs;

/// <summary><c>config get</c>.</summary>
internal sealed class ConfigGetCommand : ClusterCommand
{
    private readonly ConfigResourceOptions _resource = new();
    private readonly Argument<string[]> _names = new("name") { Arity = ArgumentArity.ZeroOrMore, Description = "The configs wanted; all that differ from their defaults without." };
    private readonly Option<bool> _all = new("--all") { Description = "Defaults too." };

    public ConfigGetCommand(Tool tool)
        : base(tool, "get", "Show configs as they apply, and where each value comes from.",
            "ostream config get --topic orders --bootstrap localhost:9092", "ostream config get --broker 1 log.retention.ms --output json")
    {
        _resource.AddTo(this);
        Add(_names);
        Add(_all);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, IClusterConnection cluster, Report report, CancellationToken cancellationToken)
    {
        var resource = _resource.Value(parsed);
        var names = parsed.GetValue(_names) ?? [];
        var configs = await cluster.Configs.GetAsync(resource, cancellationToken);
        if (names.FirstOrDefault(name => configs.All(config => config.Name != name)) is { } unknown)
        {
            throw new Client.RequestRefusedException(ErrorCode.InvalidConfig, $"There is no config '{unknown}'. 'ostream config get --all' shows those there are.");
        }

        report.Rows(
            [
                .. configs.Where(config => names.Length > 0 ? names.Contains(config.Name) : parsed.GetValue(_all) || !config.IsDefault)
                    .Select(config => new ConfigRow(config.Name, config.Value, config.Source.ToString(), config.IsReadOnly, config.IsSensitive)),
            ],
            OutputJson.Compact.IReadOnlyListConfigRow,
            new Column<ConfigRow>("CONFIG", row => row.Name),
            new Column<ConfigRow>("VALUE", row => row.Sensitive ? "(secret)" : row.Value),
            new Column<ConfigRow>("SOURCE", row => row.Source),
            new Column<ConfigRow>("READ ONLY", row => row.ReadOnly));
        return ExitCode.Done;
    }
}
