using System.Diagnostics;
using OrleansStreaming.Cli.Tests.Support;

namespace OrleansStreaming.Cli.Tests.Brokers;

/// <summary>The tool as a process of its own whose output is a pipe.</summary>
[Collection(BrokerCollection.Name)]
public sealed class PipeTests(BrokerProcess broker)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    /// <summary>As in <c>ostream consume … | head -5</c>: more is written than a pipe holds, and then nobody reads it.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FollowingEndsQuietlyWhenNobodyReadsAnyMore(bool overKafka)
    {
        var topic = $"pipe-{overKafka}".ToLowerInvariant();
        (await ToolRun.RealAsync(["topic", "create", topic, "-p", "1", .. broker.Way(overKafka)])).Done();
        (await ToolRun.RealAsync(["produce", topic, .. broker.Way(overKafka)], string.Join('\n', Enumerable.Range(0, 20_000).Select(i => $"line {i}")))).Done();

        using var process = Process.Start(new ProcessStartInfo(
            "dotnet", [BrokerProcess.AssemblyOf("OrleansStreaming.Cli", "ostream"), "consume", topic, "--from", "beginning", .. broker.Way(overKafka)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var limit = new CancellationTokenSource(_patience);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal($"line {i}", await process.StandardOutput.ReadLineAsync(limit.Token));
        }

        process.StandardOutput.Close();
        var errors = await process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        Assert.Equal(("", 0), (errors, process.ExitCode));
    }
}
