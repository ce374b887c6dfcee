using System.Globalization;
using OrleansStreaming.Processes.Tools;

namespace OrleansStreaming.Interop.Tests.Kcat;

/// <summary>kcat against one broker.</summary>
internal sealed class KcatClient(string bootstrap)
{
    /// <summary>Produces a file of key:value lines.</summary>
    public async Task ProduceAsync(string topic, string file, params string[] more) =>
        (await RunAsync(["-P", "-t", topic, "-K", ":", .. more, "-l", file])).Succeeded();

    /// <summary>Everything in a topic from its beginning, as key:value lines.</summary>
    public async Task<string[]> ConsumeAsync(string topic, params string[] more) =>
        (await RunAsync(["-C", "-q", "-t", topic, "-o", "beginning", "-e", "-K", ":", .. more])).Succeeded().Lines;

    /// <summary>Everything in a topic: partition, offset, timestamp, key, value.</summary>
    public async Task<ConsumedRecord[]> ReadRecordsAsync(string topic, params string[] more) =>
    [
        .. (await RunAsync(["-C", "-q", "-t", topic, "-o", "beginning", "-e", "-f", "%p\t%o\t%T\t%k\t%s\n", .. more])).Succeeded().Lines
            .Select(line => line.Split('\t'))
            .Select(field => new ConsumedRecord(Number(field[0]), Number(field[1]), Number(field[2]), field[3], field[4])),
    ];

    public Task<CommandResult> RunAsync(params string[] arguments) => Command.RunAsync("kcat", ["-b", bootstrap, .. arguments]);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>A record as kcat printed it.</summary>
internal sealed record ConsumedRecord(long Partition, long Offset, long Timestamp, string Key, string Value);
