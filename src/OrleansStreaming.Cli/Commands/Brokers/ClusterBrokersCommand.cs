using System.CommandLine;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Output;

namespace OrleansStreaming.Cli.Commands.Brokers;

/// <summary><c>cluster brokers</c>.</summary>
internal sealed class ClusterBrokersCommand(Tool tool)
    : ClusterCommand(tool, "brokers", "List the brokers.", "ostream cluster brokers --bootstrap localhost:9092")
{
    protected override async Task<int> RunAsync(ParseResult parsed, IClusterConnection cluster, Report report, CancellationToken cancellationToken)
    {
        var info = await cluster.Brokers.DescribeAsync(cancellationToken);
        report.Rows(
            [
                .. info.Brokers.Select(broker => new BrokerRow(
                    broker.Id.Value, broker.Host, broker.Port, broker.Rack, broker.IsAlive, broker.Id == info.Controller)),
            ],
            OutputJson.Compact.IReadOnlyListBrokerRow,
            new Column<BrokerRow>("ID", row => row.Id, IsNumber: true),
            new Column<BrokerRow>("HOST", row => row.Host),
            new Column<BrokerRow>("PORT", row => row.Port, IsNumber: true),
            new Column<BrokerRow>("RACK", row => row.Rack),
            new Column<BrokerRow>("ALIVE", row => row.Alive),
            new Column<BrokerRow>("CONTROLLER", row => row.Controller));
        return ExitCode.Done;
    }
}
