using Confluent.Kafka;
using OrleansStreaming.Chaos.Histories;

namespace OrleansStreaming.Chaos.Clients;

/// <summary>
/// A stock idempotent acks=all producer that sends unique values to all partitions at a steady rate and writes down every answer.
/// </summary>
public sealed class ChaosProducer : IDisposable
{
    private readonly History _history;
    private readonly string _topic;
    private readonly int _partitions;
    private readonly int _id;
    private readonly IProducer<Null, string> _producer;

    public ChaosProducer(string bootstrap, string topic, int partitions, int id, History history)
    {
        _history = history;
        _topic = topic;
        _partitions = partitions;
        _id = id;
        _producer = new ProducerBuilder<Null, string>(new ProducerConfig
        {
            BootstrapServers = bootstrap,
            Acks = Acks.All,
            EnableIdempotence = true,
            LingerMs = 1,
            MessageTimeoutMs = 120_000,
            RequestTimeoutMs = 5_000,
            SocketTimeoutMs = 6_000,
            ReconnectBackoffMs = 20,
            ReconnectBackoffMaxMs = 200,
            RetryBackoffMs = 20,
            TopicMetadataRefreshIntervalMs = 10_000,
            TopicMetadataRefreshFastIntervalMs = 50,
        })
            .SetErrorHandler((_, error) =>
            {
                if (error.IsFatal)
                {
                    history.Fatal($"producer {id}: {error.Code} {error.Reason}");
                }
            })
            .SetLogHandler(static (_, _) => { })
            .Build();
    }

    /// <summary>Sends until cancelled, then waits for every answer.</summary>
    /// <param name="rate">Records per second.</param>
    public async Task RunAsync(int rate, CancellationToken stopping)
    {
        var sequences = new long[_partitions];
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        var sent = 0L;
        var began = _history.Now;
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                for (var due = (long)((_history.Now - began).TotalSeconds * rate); sent < due; sent++)
                {
                    var partition = (int)(sent % _partitions);
                    Send(partition, sequences[partition]++);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }

        await Task.Run(() => _producer.Flush(TimeSpan.FromSeconds(120)), CancellationToken.None);
    }

    public void Dispose() => _producer.Dispose();

    private void Send(int partition, long sequence)
    {
        var send = new Send(_id, partition, sequence, _history.Now);
        _history.Add(send);
        try
        {
            _producer.Produce(new TopicPartition(_topic, partition), new Message<Null, string> { Value = send.Value }, report =>
            {
                if (report.Error.IsError)
                {
                    send.Fail(report.Error.ToString(), _history.Now);
                    _history.Fatal($"producer {_id}: {send.Value} failed: {report.Error}");
                }
                else
                {
                    send.Acknowledge(report.Offset.Value, _history.Now);
                }
            });
        }
        catch (ProduceException<Null, string> exception)
        {
            send.Fail(exception.Error.ToString(), _history.Now);
            _history.Fatal($"producer {_id}: {send.Value} not taken: {exception.Error}");
        }
    }
}
