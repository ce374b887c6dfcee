using OrleansStreaming.Interop.Tests.Brokers;
using OrleansStreaming.Interop.Tests.Clients;
using OrleansStreaming.Processes.Brokers;
using OrleansStreaming.Processes.Tools;

namespace OrleansStreaming.Interop.Tests.Kcat;

/// <summary>Consumer groups as kcat uses them: what one reading has committed, the next does not see again.</summary>
[Collection(SharedBroker.Name)]
public sealed class GroupTests(SharedBroker shared) : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly KcatClient _kcat = new(shared.Broker.Bootstrap);

    [KcatFact]
    public async Task AGroupGoesOnWhereItWas()
    {
        var first = new KeyedLines(5_000);
        await ProduceAsync(first.Text);
        first.AssertReadBack(await ReadAsync("range"));

        await ProduceAsync("late:one\nlate:two\n");
        Assert.Equal(["late:one", "late:two"], await ReadAsync("cooperative-sticky"));
        Assert.Empty(await ReadAsync("cooperative-sticky"));
    }

    public void Dispose() => _folder.Dispose();

    private async Task ProduceAsync(string lines)
    {
        File.WriteAllText(_folder.File("lines"), lines);
        await _kcat.ProduceAsync("grouped", _folder.File("lines"));
    }

    /// <summary>Joins, reads to the end of every partition, commits and leaves.</summary>
    private async Task<string[]> ReadAsync(string assignor) =>
        (await _kcat.RunAsync(
            "-q", "-e", "-K", ":", "-X", "auto.offset.reset=earliest", "-X", $"partition.assignment.strategy={assignor}", "-G", "readers", "grouped"))
        .Succeeded().Lines;
}
