using Confluent.Kafka;
using OrleansStreaming.Chaos.Histories;

namespace OrleansStreaming.Chaos.Clients;

/// <summary>Stock consumers without a group: one that follows a run, and the read of everything at its end.</summary>
public static class ChaosConsumer
{
    /// <summary>Reads all partitions from their beginning until cancelled.</summary>
    public static Task FollowAsync(string bootstrap, string topic, int partitions, int id, History history, CancellationToken stopping) =>
        Task.Factory.StartNew(
            () =>
            {
                using var consumer = Open(bootstrap, history);
                consumer.Assign(Enumerable.Range(0, partitions).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
                while (!stopping.IsCancellationRequested)
                {
                    if (consumer.Consume(TimeSpan.FromMilliseconds(100)) is { IsPartitionEOF: false } read)
                    {
                        history.Observe(new Observation(id, read.Partition.Value, read.Offset.Value, read.Message.Value));
                    }
                }

                consumer.Close();
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

    /// <summary>Reads everything there is, once.</summary>
    /// <exception cref="TimeoutException">Not every partition could be read to its end.</exception>
    public static Task<IReadOnlyDictionary<int, IReadOnlyList<(long Offset, string Value)>>> ReadAllAsync(
        string bootstrap, string topic, int partitions, History history, TimeSpan patience) => Task.Run(() =>
        {
            using var consumer = Open(bootstrap, history);
            var records = Enumerable.Range(0, partitions).ToDictionary(partition => partition, _ => new List<(long, string)>());
            var open = Enumerable.Range(0, partitions).ToHashSet();
            consumer.Assign(open.Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
            var deadline = history.Now + patience;
            while (open.Count > 0)
            {
                if (history.Now > deadline)
                {
                    throw new TimeoutException($"Partitions {string.Join(", ", open)} could not be read to their end within {patience}.");
                }

                if (consumer.Consume(TimeSpan.FromMilliseconds(100)) is not { } read)
                {
                    continue;
                }

                if (read.IsPartitionEOF)
                {
                    open.Remove(read.Partition.Value);
                }
                else
                {
                    records[read.Partition.Value].Add((read.Offset.Value, read.Message.Value));
                }
            }

            consumer.Close();
            return (IReadOnlyDictionary<int, IReadOnlyList<(long, string)>>)records.ToDictionary(
                entry => entry.Key, entry => (IReadOnlyList<(long, string)>)entry.Value);
        });

    private static IConsumer<Ignore, string> Open(string bootstrap, History history) =>
        new ConsumerBuilder<Ignore, string>(new ConsumerConfig
        {
            BootstrapServers = bootstrap,
            GroupId = "chaos",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
            AutoOffsetReset = AutoOffsetReset.Error,
            IsolationLevel = IsolationLevel.ReadUncommitted,
            FetchWaitMaxMs = 100,
            ReconnectBackoffMs = 20,
            ReconnectBackoffMaxMs = 200,
            TopicMetadataRefreshIntervalMs = 10_000,
        })
            .SetErrorHandler((_, error) =>
            {
                if (error.IsFatal || error.Code == ErrorCode.Local_MaxPollExceeded)
                {
                    history.Fatal($"consumer: {error.Code} {error.Reason}");
                }
            })
            .SetLogHandler(static (_, _) => { })
            .Build();
}
