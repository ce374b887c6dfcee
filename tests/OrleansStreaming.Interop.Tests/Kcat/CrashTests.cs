using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using OrleansStreaming.Interop.Tests.Clients;
using OrleansStreaming.Processes.Brokers;
using OrleansStreaming.Processes.Tools;

namespace OrleansStreaming.Interop.Tests.Kcat;

/// <summary>kill -9 while a client produces, then a restart: what was acknowledged is there, and the client goes on.</summary>
public sealed partial class CrashTests : IDisposable
{
    private const int Count = 100_000;
    private const int Piece = 500;
    private const int AcknowledgedBeforeKill = 10_000;

    private readonly TemporaryFolder _folder = new();
    private readonly KeyedLines _lines = new(Count);

    [KcatFact]
    public async Task AcknowledgedRecordsSurviveAKill()
    {
        var (records, acknowledged) = await ProduceThroughAKillAsync("-X", "acks=1");

        var stored = records.Select(record => (record.Partition, record.Offset)).ToHashSet();
        Assert.All(acknowledged, place => Assert.Contains(place, stored));
        AssertContiguous(records);
        Assert.Empty(_lines.Lines.Except(records.Select(record => $"{record.Key}:{record.Value}"))); // doubles are allowed here, losses are not
    }

    [KcatFact]
    public async Task AnIdempotentProducerGetsEachRecordInOnceThroughAKill()
    {
        var (records, acknowledged) = await ProduceThroughAKillAsync("-X", "enable.idempotence=true");

        var stored = records.Select(record => (record.Partition, record.Offset)).ToHashSet();
        Assert.All(acknowledged, place => Assert.Contains(place, stored));
        AssertContiguous(records);
        _lines.AssertReadBack([.. records.Select(record => $"{record.Key}:{record.Value}")]);
    }

    [KcatFact]
    public async Task RecordsSurviveAnOrderlyStop()
    {
        File.WriteAllText(_folder.File("lines"), _lines.Text);
        await using (var broker = await BrokerProcess.StartAsync(_folder.File("data"), "127.0.0.1:0", "--config", "num.partitions=6"))
        {
            await new KcatClient(broker.Bootstrap).ProduceAsync("t", _folder.File("lines"));
            Assert.Equal(0, await broker.StopAsync());
        }

        await using var again = await BrokerProcess.StartAsync(_folder.File("data"));
        _lines.AssertReadBack(await new KcatClient(again.Bootstrap).ConsumeAsync("t"));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Produces all lines while the broker is killed and restarted in the middle.</summary>
    /// <returns>What is stored in the end, and the places that kcat was told.</returns>
    private async Task<(ConsumedRecord[] Records, List<(long Partition, long Offset)> Acknowledged)> ProduceThroughAKillAsync(params string[] options)
    {
        await using var first = await BrokerProcess.StartAsync(_folder.File("data"), "127.0.0.1:0", "--config", "num.partitions=6");
        var start = new ProcessStartInfo("kcat") { RedirectStandardInput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-b", first.Bootstrap, "-P", "-E", "-vvv", "-t", "t", "-K", ":", "-X", "batch.num.messages=100", .. options])
        {
            start.ArgumentList.Add(argument);
        }

        using var kcat = Process.Start(start)!;
        var acknowledged = new ConcurrentQueue<(long, long)>();
        var complaints = new ConcurrentQueue<string>();
        var enough = new TaskCompletionSource();
        var listening = Task.Run(async () =>
        {
            while (await kcat.StandardError.ReadLineAsync() is { } line)
            {
                if (Delivery().Match(line) is { Success: true } match)
                {
                    acknowledged.Enqueue((Number(match.Groups[1]), Number(match.Groups[2])));
                    if (acknowledged.Count == AcknowledgedBeforeKill)
                    {
                        enough.TrySetResult();
                    }
                }
                else
                {
                    complaints.Enqueue(line);
                }
            }

            enough.TrySetResult();
        });

        // kcat looks at its deliveries only when it reads: it is fed on, in small pieces, until enough are acknowledged.
        var fed = 0;
        while (!enough.Task.IsCompleted && fed < Count - Piece)
        {
            await FeedAsync(kcat, fed += Piece);
            await Task.WhenAny(enough.Task, Task.Delay(TimeSpan.FromMilliseconds(5)));
        }

        Assert.True(acknowledged.Count >= AcknowledgedBeforeKill, string.Join('\n', complaints));
        await first.KillAsync();
        var feeding = Task.Run(async () =>
        {
            while (fed < Count)
            {
                await FeedAsync(kcat, fed += Piece);
            }

            kcat.StandardInput.Close();
        });

        await using var second = await BrokerProcess.StartAsync(_folder.File("data"), first.Bootstrap);
        await feeding;
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        await kcat.WaitForExitAsync(timeout.Token);
        await listening;
        Assert.True(kcat.ExitCode == 0, string.Join('\n', complaints.TakeLast(20)));
        return (await new KcatClient(second.Bootstrap).ReadRecordsAsync("t"), [.. acknowledged]);
    }

    private async Task FeedAsync(Process kcat, int end)
    {
        await kcat.StandardInput.WriteAsync(string.Join('\n', _lines.Lines[(end - Piece)..end]) + "\n");
        await kcat.StandardInput.FlushAsync();
    }

    private static void AssertContiguous(ConsumedRecord[] records) =>
        Assert.All(
            records.GroupBy(record => record.Partition),
            partition => Assert.Equal(Enumerable.Range(0, partition.Count()).Select(offset => (long)offset), partition.Select(record => record.Offset)));

    private static long Number(Group group) => long.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"delivered to partition (\d+) \(offset (\d+)\)")]
    private static partial Regex Delivery();
}
