using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Output;

namespace OrleansStreaming.Cli.Commands.Brokers;

/// <summary>Reports what became of a request, partition by partition.</summary>
internal static class Outcomes
{
    /// <returns><see cref="ExitCode.Refused"/> when one was refused.</returns>
    public static int Show(Report report, IReadOnlyList<PartitionVerdict> outcomes)
    {
        report.Rows(
            [.. outcomes.Select(outcome => new OutcomeRow(outcome.Partition.Topic, outcome.Partition.Partition, outcome.IsDone, outcome.Text))],
            OutputJson.Compact.IReadOnlyListOutcomeRow,
            new Column<OutcomeRow>("TOPIC", row => row.Topic),
            new Column<OutcomeRow>("PARTITION", row => row.Partition, IsNumber: true),
            new Column<OutcomeRow>("RESULT", row => row.Result));
        return outcomes.All(outcome => outcome.IsDone) ? ExitCode.Done : ExitCode.Refused;
    }
}
