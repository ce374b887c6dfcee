using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;

namespace OrleansStreaming.Chaos.Groups;

/// <summary>
/// A stock consumer of a group, in a process of its own so that it can die. Writes what happens to standard output, a line each,
/// beginning with the machine's monotonic clock: <c>assigned|revoked|lost P...</c>, <c>read P OFFSET</c>,
/// <c>committed SENT P OFFSET...</c>, <c>refused ERROR</c>, <c>fatal ERROR</c>. Leaves the group when standard input ends.
/// </summary>
internal sealed class GroupConsumer : IDisposable
{
    private static readonly TimeSpan _commitPeriod = TimeSpan.FromMilliseconds(200);

    private readonly StreamWriter _output = new(Console.OpenStandardOutput()) { AutoFlush = false };
    private readonly Dictionary<TopicPartition, Offset> _finished = [];
    private readonly IConsumer<Ignore, string> _consumer;
    private readonly string _topic;

    public GroupConsumer(ConsumerOptions options)
    {
        _topic = options.Topic;
        _consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig
        {
            BootstrapServers = options.Bootstrap,
            GroupId = options.Group,
            PartitionAssignmentStrategy = options.Protocol is GroupProtocol.Cooperative ? PartitionAssignmentStrategy.CooperativeSticky : PartitionAssignmentStrategy.Range,
            SessionTimeoutMs = (int)options.SessionTimeout.TotalMilliseconds,
            HeartbeatIntervalMs = 300,
            EnableAutoCommit = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            FetchWaitMaxMs = 100,
            ReconnectBackoffMs = 20,
            ReconnectBackoffMaxMs = 200,
            TopicMetadataRefreshIntervalMs = 5_000,
        })
            .SetPartitionsAssignedHandler((_, partitions) => Tell("assigned", partitions))
            .SetPartitionsRevokedHandler((_, partitions) => Release("revoked", partitions.Select(partition => partition.TopicPartition).ToList(), isCommitted: true))
            .SetPartitionsLostHandler((_, partitions) => Release("lost", partitions.Select(partition => partition.TopicPartition).ToList(), isCommitted: false))
            .SetErrorHandler((_, error) =>
            {
                if (error.IsFatal)
                {
                    Tell($"fatal {error.Code}");
                }
            })
            .SetLogHandler(static (_, _) => { })
            .Build();
    }

    /// <summary>Reads and commits until cancelled, then leaves.</summary>
    public void Run(CancellationToken stopping)
    {
        _consumer.Subscribe(_topic);
        var lastCommit = Stopwatch.GetTimestamp();
        while (!stopping.IsCancellationRequested)
        {
            if (_consumer.Consume(TimeSpan.FromMilliseconds(50)) is { } read)
            {
                Write($"read {read.Partition.Value} {read.Offset.Value}");
                _finished[read.TopicPartition] = read.Offset + 1;
            }

            if (Stopwatch.GetElapsedTime(lastCommit) > _commitPeriod)
            {
                Commit();
                lastCommit = Stopwatch.GetTimestamp();
            }
        }

        _consumer.Close();
    }

    public void Dispose()
    {
        _consumer.Dispose();
        _output.Dispose();
    }

    private void Release(string word, List<TopicPartition> partitions, bool isCommitted)
    {
        if (isCommitted)
        {
            Commit();
        }

        foreach (var partition in partitions)
        {
            _finished.Remove(partition);
        }

        Tell(word, partitions);
    }

    /// <summary>Whoever reads the output knows of every record before it is committed.</summary>
    private void Commit()
    {
        _output.Flush();
        if (_finished.Count == 0)
        {
            return;
        }

        var offsets = _finished.Select(entry => new TopicPartitionOffset(entry.Key, entry.Value)).ToArray();
        var sent = Stopwatch.GetTimestamp();
        try
        {
            _consumer.Commit(offsets);
            _finished.Clear();
            Tell(string.Create(CultureInfo.InvariantCulture, $"committed {sent} {string.Join(' ', offsets.Select(offset => $"{offset.Partition.Value} {offset.Offset.Value}"))}"));
        }
        catch (KafkaException refusal)
        {
            Tell($"refused {refusal.Error.Code}");
        }
    }

    private void Tell(string word, List<TopicPartition> partitions) =>
        Tell($"{word} {string.Join(' ', partitions.Select(partition => partition.Partition.Value))}".TrimEnd());

    private void Tell(string text)
    {
        Write(text);
        _output.Flush();
    }

    private void Write(string text) => _output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetTimestamp()} {text}"));
}
