using System.Diagnostics;
using System.Text;
using OrleansStreaming.Client.Connections;
using OrleansStreaming.Client.Diagnostics;
using OrleansStreaming.Client.Serialization;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Producing;

/// <summary>The typed front of a producer: serializes on the caller's thread, straight into the batch when there is room.</summary>
internal sealed class Producer<TKey, TValue>(ProducerCore core, ISerializer<TKey> keys, ISerializer<TValue> values) : IProducer<TKey, TValue>
{
    public ValueTask<ProduceResult> ProduceAsync(
        string topic, TKey key, TValue value, Headers? headers = null, CancellationToken cancellationToken = default) =>
        ProduceAsync(new ProducerRecord<TKey, TValue> { Topic = topic, Key = key, Value = value, Headers = headers }, cancellationToken);

    public ValueTask<ProduceResult> ProduceAsync(ProducerRecord<TKey, TValue> record, CancellationToken cancellationToken = default)
    {
        if (ClientTracing.StartProduce(record.Topic) is { } activity)
        {
            return new(ProduceTracedAsync(record, activity, cancellationToken));
        }

        try
        {
            return TryAppend(record, out var delivery) ? delivery.Acknowledgement : new(ProduceSlowlyAsync(record, cancellationToken));
        }
        catch (Exception failure)
        {
            return ValueTask.FromException<ProduceResult>(failure);
        }
    }

    public ValueTask<Delivery> EnqueueAsync(ProducerRecord<TKey, TValue> record, CancellationToken cancellationToken = default)
    {
        try
        {
            return TryAppend(record, out var delivery) ? ValueTask.FromResult(delivery) : new(EnqueueSlowlyAsync(record, cancellationToken));
        }
        catch (Exception failure)
        {
            return ValueTask.FromException<Delivery>(failure);
        }
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => core.FlushAsync(cancellationToken);

    public async ValueTask<int> GetPartitionCountAsync(string topic, CancellationToken cancellationToken = default)
    {
        core.ThrowIfClosed();
        return (await core.Shared.Link.TopicAsync(topic, core.Shared.Options.CreateTopics, cancellationToken).ConfigureAwait(false)).Partitions.Count;
    }

    public ValueTask DisposeAsync() => core.DisposeAsync();

    private async Task<ProduceResult> ProduceTracedAsync(ProducerRecord<TKey, TValue> record, Activity activity, CancellationToken cancellationToken)
    {
        using (activity)
        {
            try
            {
                var delivery = await EnqueueAsync(record, cancellationToken).ConfigureAwait(false);
                var result = await delivery.Acknowledgement.ConfigureAwait(false);
                activity.SetTag("messaging.destination.partition.id", result.Partition.Partition.ToString(System.Globalization.CultureInfo.InvariantCulture));
                activity.SetTag("messaging.kafka.offset", result.Offset.Value);
                return result;
            }
            catch (Exception failure)
            {
                activity.SetStatus(ActivityStatusCode.Error, failure.Message);
                throw;
            }
        }
    }

    private async Task<ProduceResult> ProduceSlowlyAsync(ProducerRecord<TKey, TValue> record, CancellationToken cancellationToken)
    {
        var delivery = await EnqueueSlowlyAsync(record, cancellationToken).ConfigureAwait(false);
        return await delivery.Acknowledgement.ConfigureAwait(false);
    }

    /// <summary>The whole way when nothing is to be waited for; false otherwise, with nothing done.</summary>
    private bool TryAppend(in ProducerRecord<TKey, TValue> record, out Delivery delivery)
    {
        ArgumentException.ThrowIfNullOrEmpty(record.Topic);
        delivery = default;
        if (core.FindRoute(record.Topic) is not { } route)
        {
            return false;
        }

        var scratch = ScratchBuffer.Take();
        try
        {
            var prepared = Prepare(record, route, scratch);
            if (!core.Shared.Budget.TryReserve(prepared.Size))
            {
                return false;
            }

            var (batch, token) = prepared.Sender.Append(prepared.Timestamp, prepared.Key, prepared.Value, prepared.Headers.Span, prepared.Size);
            delivery = new Delivery(prepared.Sender.Partition, new ValueTask<ProduceResult>(batch, token));
            return true;
        }
        finally
        {
            scratch.Return();
        }
    }

    private async Task<Delivery> EnqueueSlowlyAsync(ProducerRecord<TKey, TValue> record, CancellationToken cancellationToken)
    {
        var budget = core.Shared.Budget;
        WaitingRecord waiting;
        using (var place = core.LineOf(record.Topic).Enter())
        {
            // Looked up before it is this record's turn: everybody in the line waits for an unknown topic at the same time.
            var topic = await core.Shared.Link.TopicAsync(record.Topic, core.Shared.Options.CreateTopics, cancellationToken).ConfigureAwait(false);
            await place.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
            waiting = Detach(record, await core.OpenRouteAsync(topic, cancellationToken).ConfigureAwait(false));
            budget.Wait(waiting);
        }

        if (waiting.Delivery.IsCompletedSuccessfully)
        {
            return waiting.Delivery.Result;
        }

        var limit = core.Shared.Options.DeliveryTimeout;
        try
        {
            return await waiting.Delivery.WaitAsync(limit, core.Shared.Link.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is TimeoutException or OperationCanceledException)
        {
            if (!budget.TryLeave(waiting))
            {
                return await waiting.Delivery.ConfigureAwait(false);
            }

            throw failure is TimeoutException
                ? Refusals.Unavailable($"{waiting.Partition}: the producer's buffer of {core.Shared.Options.BufferMemory} bytes had no room", limit)
                : failure;
        }
    }

    private WaitingRecord Detach(in ProducerRecord<TKey, TValue> record, TopicRoute route)
    {
        var scratch = ScratchBuffer.Take();
        try
        {
            var prepared = Prepare(record, route, scratch);
            return new WaitingRecord(
                prepared.Sender, prepared.Timestamp, Copy(prepared.Key), Copy(prepared.Value), prepared.Headers, prepared.Size);
        }
        finally
        {
            scratch.Return();
        }
    }

    private Prepared Prepare(in ProducerRecord<TKey, TValue> record, TopicRoute route, ScratchBuffer scratch)
    {
        var (hasKey, hasValue) = (record.Key is not null, record.Value is not null);
        if (hasKey)
        {
            keys.Serialize(record.Key!, scratch, new SerializationContext(record.Topic, RecordPart.Key, record.Headers));
        }

        var split = scratch.Length;
        if (hasValue)
        {
            values.Serialize(record.Value!, scratch, new SerializationContext(record.Topic, RecordPart.Value, record.Headers));
        }

        var headers = ClientTracing.Inject(record.Headers) ?? Headers.Empty;
        var headerBytes = 0;
        foreach (ref readonly var header in headers.Span)
        {
            headerBytes += Encoding.UTF8.GetByteCount(header.Key) + (header.Value?.Length ?? 0);
        }

        var options = core.Shared.Options;
        var size = BatchBuilder.UpperBoundOf(split, scratch.Length - split, headerBytes, headers.Count);
        if (scratch.Length + headerBytes > options.MaxRecordSize)
        {
            throw new RecordTooLargeException(
                $"The record for '{record.Topic}' has {scratch.Length + headerBytes} bytes; at most {options.MaxRecordSize} are allowed. "
                + "Send smaller records, or raise ProducerOptions.MaxRecordSize and the topic's max.message.bytes.");
        }

        var key = scratch.Slice(0, split);
        var partition = core.Choose(route, record.Partition, key.Span, hasKey, size);
        return new Prepared(
            route.Senders[partition],
            (record.Timestamp ?? core.Shared.Link.Time.GetUtcNow()).ToUnixTimeMilliseconds(),
            hasKey ? key : default(ReadOnlyMemory<byte>?),
            hasValue ? scratch.Slice(split, scratch.Length) : default(ReadOnlyMemory<byte>?),
            headers,
            size);
    }

    private static ReadOnlyMemory<byte>? Copy(ReadOnlyMemory<byte>? bytes)
    {
        if (bytes is { } some)
        {
            return some.ToArray();
        }

        return null;
    }

    private readonly record struct Prepared(
        PartitionSender Sender, long Timestamp, ReadOnlyMemory<byte>? Key, ReadOnlyMemory<byte>? Value, Headers Headers, int Size);
}
