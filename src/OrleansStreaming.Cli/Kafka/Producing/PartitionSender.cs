using System.Threading.Channels;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Kafka.Wire;
using OrleansStreaming.Client;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Records.Sources;

namespace OrleansStreaming.Cli.Kafka.Producing;

/// <summary>
/// The batches of one partition: one fills while another is under way, so batches grow with the round trip and order holds
/// without more. After an idempotent batch has failed for good, its numbers are missing and all that follow fail alike.
/// </summary>
internal sealed class PartitionSender
{
    private readonly KafkaCluster _cluster;
    private readonly TopicViews _topics;
    private readonly WriterOptions _options;
    private readonly ProducerIdentity _identity;
    private readonly TopicPartition _partition;
    private readonly ByteBudget _budget;
    private readonly Lock _gate = new();
    private readonly Queue<PendingBatch> _batches = new();
    private readonly Channel<bool> _work = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Task _sending;
    private PendingBatch? _open;
    private int _nextSequence;
    private Exception? _failure;

    public PartitionSender(
        KafkaCluster cluster, TopicViews topics, WriterOptions options, ProducerIdentity identity, TopicPartition partition, ByteBudget budget)
    {
        _cluster = cluster;
        _topics = topics;
        _options = options;
        _identity = identity;
        _partition = partition;
        _budget = budget;
        _sending = Task.Run(RunAsync);
    }

    /// <param name="reserved">What the record took of the budget; released when its outcome is known.</param>
    public Task<RecordPlace> Append(OutgoingRecord record, long reserved)
    {
        var timestamp = record.Timestamp ?? _cluster.Options.Time.GetUtcNow().ToUnixTimeMilliseconds();
        Task<RecordPlace> acknowledgement;
        lock (_gate)
        {
            if (_open is null || !_open.HasRoomFor(record, _options.BatchSize))
            {
                _open?.Close();
                _open = new PendingBatch(BatchOptionsNow());
                _batches.Enqueue(_open);
            }

            acknowledgement = _open.Append(record, timestamp, reserved);
            _nextSequence = BatchHeader.AddToSequence(_nextSequence, 1);
        }

        _work.Writer.TryWrite(true);
        return acknowledgement;
    }

    /// <summary>Sends what is left and ends.</summary>
    public async Task CloseAsync()
    {
        lock (_gate)
        {
            _open?.Close();
        }

        _work.Writer.TryComplete();
        await _sending.ConfigureAwait(false);
    }

    private BatchOptions BatchOptionsNow() => new()
    {
        Compression = _options.Compression,
        ProducerId = _identity.Id,
        ProducerEpoch = _identity.Epoch,
        BaseSequence = _identity == ProducerIdentity.None ? BatchHeader.NoSequence : _nextSequence,
    };

    private async Task RunAsync()
    {
        while (await _work.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            _work.Reader.TryRead(out _);
            while (Peek() is { } filling)
            {
                if (_options.Linger > TimeSpan.Zero && !filling.Full.IsCompleted)
                {
                    await Task.WhenAny(filling.Full, Task.Delay(_options.Linger, _cluster.Options.Time)).ConfigureAwait(false);
                }

                using var batch = Take();
                await SendAsync(batch).ConfigureAwait(false);
                _budget.Release(batch.Reserved);
            }
        }
    }

    private PendingBatch? Peek()
    {
        lock (_gate)
        {
            return _batches.TryPeek(out var first) ? first : null;
        }
    }

    private PendingBatch Take()
    {
        lock (_gate)
        {
            var batch = _batches.Dequeue();
            if (batch == _open)
            {
                batch.Close();
                _open = null;
            }

            return batch;
        }
    }

    private async Task SendAsync(PendingBatch batch)
    {
        try
        {
            if (_failure is not null && _options.Idempotence)
            {
                throw _failure;
            }

            var records = batch.Build();
            var offset = await _cluster.Retries.RunAsync(() => SendOnceAsync(records), _options.DeliveryTimeout, CancellationToken.None).ConfigureAwait(false);
            batch.Succeed(_partition, offset);
        }
        catch (Exception failure)
        {
            _failure ??= failure;
            batch.Fail(failure);
        }
    }

    private async Task<long> SendOnceAsync(ReadOnlyMemory<byte> records)
    {
        var view = await _topics.GetAsync(_partition.Topic, CancellationToken.None).ConfigureAwait(false);
        var leader = view.LeaderOf(_partition).Value;
        if (leader < 0)
        {
            throw Answers.Refusal(ErrorCode.LeaderNotAvailable, $"Partition {_partition}");
        }

        if (_options.Acks == Acknowledgement.None)
        {
            var connection = await _cluster.ConnectAsync(leader, CancellationToken.None).ConfigureAwait(false);
            await connection.TellAsync(ApiKey.Produce, _ => Request(records), CancellationToken.None).ConfigureAwait(false);
            return -1;
        }

        ProduceResponse response;
        try
        {
            response = await _cluster.AskBrokerAsync<ProduceResponse>(leader, ApiKey.Produce, _ => Request(records), _cluster.Options.Timeout, CancellationToken.None)
                .ConfigureAwait(false);
        }
        catch (BrokerUnavailableException)
        {
            _topics.Forget(_partition);
            throw;
        }

        var answer = response.Responses.Single().PartitionResponses.Single();
        switch ((ErrorCode)answer.ErrorCode)
        {
            case ErrorCode.DuplicateSequenceNumber:
                return -1; // stored by an earlier try, nobody knows where
            case ErrorCode.UnknownTopicOrPartition:
                _topics.Forget(_partition);
                throw Unknown.Topic(_partition.Topic);
            case var error when ErrorTable.IsRetriable(error):
                _topics.Forget(_partition);
                goto default;
            default:
                Answers.Check(answer.ErrorCode, $"Records for {_partition} were not stored", answer.ErrorMessage);
                return answer.BaseOffset;
        }
    }

    private ProduceRequest Request(ReadOnlyMemory<byte> records) => new()
    {
        Acks = _options.Acks switch
        {
            Acknowledgement.None => 0,
            Acknowledgement.Leader => 1,
            _ => -1,
        },
        TimeoutMs = (int)_cluster.Options.Timeout.TotalMilliseconds,
        TopicData =
        [
            new ProduceRequest.TopicProduceData
            {
                Name = _partition.Topic,
                PartitionData = [new ProduceRequest.PartitionProduceData { Index = _partition.Partition, Records = new MemoryRecords(records) }],
            },
        ],
    };
}
