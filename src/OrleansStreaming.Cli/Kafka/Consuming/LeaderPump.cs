using System.Threading.Channels;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Kafka.Admin;
using OrleansStreaming.Cli.Kafka.Wire;
using OrleansStreaming.Client;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Kafka.Consuming;

/// <summary>Fetches partitions of one leader, one long poll after another, until it no longer leads one of them.</summary>
internal sealed class LeaderPump(
    KafkaCluster cluster, PartitionOffsets offsets, FeedOptions options, int leader, IReadOnlyList<TopicPartition> partitions, Dictionary<TopicPartition, Offset> positions)
{
    private const int Consumer = -1;
    private const int MaxBytes = 16 * 1024 * 1024;
    private const int MaxPartitionBytes = 1024 * 1024;
    private static readonly TimeSpan _longPoll = TimeSpan.FromMilliseconds(500);

    private int _first;

    /// <summary>Batches came since it began.</summary>
    public bool HasRead { get; private set; }

    /// <exception cref="StreamingException">Retriable when the leaders must be looked up anew.</exception>
    public async Task RunAsync(ChannelWriter<FetchedChunk> output, CancellationToken cancellationToken)
    {
        while (true)
        {
            var response = await cluster.AskBrokerAsync<FetchResponse>(leader, ApiKey.Fetch, _ => Request(), _longPoll, cancellationToken).ConfigureAwait(false);
            Answers.Check(response.ErrorCode, $"Broker {leader} refuses to be read from");
            foreach (var topic in response.Responses)
            {
                foreach (var data in topic.Partitions)
                {
                    await TakeAsync(new TopicPartition(topic.Topic, data.PartitionIndex), data, output, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task TakeAsync(
        TopicPartition partition, FetchResponse.PartitionData data, ChannelWriter<FetchedChunk> output, CancellationToken cancellationToken)
    {
        switch ((ErrorCode)data.ErrorCode)
        {
            case ErrorCode.None:
                break;
            case ErrorCode.OffsetOutOfRange when options.Start.Kind is StartKind.Beginning or StartKind.End:
                var found = await offsets.FindAsync([partition], options.Start, options.ReadCommitted, cancellationToken).ConfigureAwait(false);
                SetPosition(partition, found[partition]);
                return;
            case ErrorCode.OffsetOutOfRange:
                throw Answers.Refusal(
                    ErrorCode.OffsetOutOfRange, $"Partition {partition} has no offset {PositionOf(partition)}", "It is outside the log; 'ostream topic describe' shows its range.");
            case ErrorCode.UnknownTopicOrPartition:
                throw Unknown.Topic(partition.Topic);
            default:
                throw Answers.Refusal((ErrorCode)data.ErrorCode, $"Partition {partition} cannot be read");
        }

        var position = PositionOf(partition);
        var chunk = ChunkDecoder.Decode(partition, position, data);
        if (chunk.Next > position)
        {
            HasRead = true;
            await output.WriteAsync(chunk, cancellationToken).ConfigureAwait(false);
            SetPosition(partition, chunk.Next);
        }
    }

    // The positions are shared by the pumps of one round, each of which touches its own partitions.
    private Offset PositionOf(TopicPartition partition)
    {
        lock (positions)
        {
            return positions[partition];
        }
    }

    private void SetPosition(TopicPartition partition, Offset next)
    {
        lock (positions)
        {
            positions[partition] = next;
        }
    }

    /// <summary>Each time another partition comes first: brokers fill the answer in the order asked for.</summary>
    private FetchRequest Request()
    {
        _first = (_first + 1) % partitions.Count;
        var order = partitions.Skip(_first).Concat(partitions.Take(_first));
        return new FetchRequest
        {
            ReplicaId = Consumer,
            MaxWaitMs = (int)_longPoll.TotalMilliseconds,
            MinBytes = 1,
            MaxBytes = MaxBytes,
            IsolationLevel = options.ReadCommitted ? (sbyte)1 : (sbyte)0,
            Topics =
            [
                .. order.GroupBy(partition => partition.Topic).Select(topic => new FetchRequest.FetchTopic
                {
                    Topic = topic.Key,
                    Partitions =
                    [
                        .. topic.Select(partition => new FetchRequest.FetchPartition
                        {
                            Partition = partition.Partition, FetchOffset = PositionOf(partition).Value, PartitionMaxBytes = MaxPartitionBytes,
                        }),
                    ],
                }),
            ],
        };
    }
}
