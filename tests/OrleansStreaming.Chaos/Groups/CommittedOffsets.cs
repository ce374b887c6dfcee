using System.Diagnostics;
using Confluent.Kafka;

namespace OrleansStreaming.Chaos.Groups;

/// <summary>Asks the group's coordinator for the committed offsets, without being a member.</summary>
internal sealed class CommittedOffsets(ConsumerOptions options, int partitions, GroupHistory history) : IDisposable
{
    private readonly IConsumer<Ignore, Ignore> _asker = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig
    {
        BootstrapServers = options.Bootstrap,
        GroupId = options.Group,
        ReconnectBackoffMs = 20,
        ReconnectBackoffMaxMs = 200,
    }).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();

    /// <summary>Writes the answers into the history until cancelled.</summary>
    public async Task SampleAsync(TimeSpan period, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(period);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                await Task.Run(() => Ask(), CancellationToken.None);
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    /// <summary>By partition, -1 for none; null when no coordinator answers now.</summary>
    public long[]? Ask()
    {
        var asked = Stopwatch.GetTimestamp();
        try
        {
            var answer = _asker.Committed(Enumerable.Range(0, partitions).Select(partition => new TopicPartition(options.Topic, partition)), TimeSpan.FromSeconds(5));
            var answered = Stopwatch.GetTimestamp();
            var offsets = answer.OrderBy(offset => offset.Partition.Value).Select(offset => Math.Max(-1, offset.Offset.Value)).ToArray();
            for (var partition = 0; partition < partitions; partition++)
            {
                history.Sampled(new CommittedSample(partition, offsets[partition], asked, answered));
            }

            return offsets;
        }
        catch (KafkaException)
        {
            return null;
        }
    }

    public void Dispose() => _asker.Dispose();
}
