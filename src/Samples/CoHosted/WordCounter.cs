using System.Collections.Concurrent;
using OrleansStreaming.Client;
using OrleansStreaming.Client.Admin;
using OrleansStreaming.Records.Errors;

namespace Samples.CoHosted;

/// <summary>
/// Counts words where they are stored: the broker's log is in this process, so reading is a copy from its files and no call. Keeps
/// its counts in memory and reads everything again after a start, which is what a log is for.
/// </summary>
internal sealed class WordCounter(IStreamingClient client) : BackgroundService
{
    public const string Topic = "words";

    private readonly ConcurrentDictionary<string, long> _counts = new();

    public IReadOnlyDictionary<string, long> Counts => _counts;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await client.Admin.CreateTopicAsync(new NewTopic(Topic) { PartitionCount = 3 }, stoppingToken);
        }
        catch (RequestRefusedException refusal) when (refusal.Error is ErrorCode.TopicAlreadyExists)
        {
            // Not the first start.
        }

        await using var consumer = client.CreateConsumer<string, string>(options =>
        {
            options.Topics.Add(Topic);
            options.OffsetReset = OffsetReset.Earliest;
        });
        await foreach (var record in consumer.ConsumeAsync(stoppingToken))
        {
            _counts.AddOrUpdate(record.Key!, 1, static (_, count) => count + 1);
        }
    }
}
