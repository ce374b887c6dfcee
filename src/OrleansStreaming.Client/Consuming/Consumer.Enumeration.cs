using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Consuming;

internal sealed partial class Consumer<TKey, TValue>
{
    public async IAsyncEnumerable<ConsumedRecord<TKey, TValue>> ConsumeAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        _reading.Begin();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _reading.Closing);
        try
        {
            while (true)
            {
                var (state, batch) = await NextBatchAsync(stop.Token, cancellationToken).ConfigureAwait(false);
                while (batch.Index < batch.Records.Count)
                {
                    var (record, poison) = batch.Records[batch.Index];
                    if (poison is not null)
                    {
                        await HandleAsync(state, poison, cancellationToken).ConfigureAwait(false);
                        batch.Index++;
                        continue;
                    }

                    if (cancellationToken.IsCancellationRequested || _reading.IsClosed || !_session.TryHandOut(state, record!.Offset + 1))
                    {
                        break;
                    }

                    batch.Index++;
                    yield return record;
                    _session.TakeBack(isProcessed: true);
                    if (_options.CommitMode == CommitMode.PerRecord && _session.Offsets is not null)
                    {
                        await _session.CommitProcessedAsync(cancellationToken).ConfigureAwait(false);
                    }
                }

                await EndBatchAsync(state, batch, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _session.TakeBack(isProcessed: false);
            _reading.End();
        }
    }

    public async IAsyncEnumerable<ConsumedBatch<TKey, TValue>> ConsumeBatchesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        _reading.Begin();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _reading.Closing);
        try
        {
            while (true)
            {
                var (state, batch) = await NextBatchAsync(stop.Token, cancellationToken).ConfigureAwait(false);
                var records = new List<ConsumedRecord<TKey, TValue>>(batch.Records.Count - batch.Index);
                foreach (var (record, poison) in batch.Records.Skip(batch.Index))
                {
                    if (poison is not null && _options.PoisonRecords == PoisonRecords.Fail && records.Count > 0)
                    {
                        break; // the good ones before it come first
                    }

                    if (poison is not null)
                    {
                        await HandleAsync(state, poison, cancellationToken).ConfigureAwait(false);
                        batch.Index++;
                    }
                    else
                    {
                        records.Add(record!);
                    }
                }

                var isWhole = batch.Index + records.Count >= batch.Records.Count;
                var next = isWhole || records.Count == 0 ? batch.Next : records[^1].Offset + 1;
                if (records.Count > 0 && _session.TryHandOut(state, next))
                {
                    batch.Index += records.Count;
                    yield return new ConsumedBatch<TKey, TValue>(state.Partition, records, next);
                    _session.TakeBack(isProcessed: true);
                    if (_options.CommitMode == CommitMode.PerRecord && _session.Offsets is not null)
                    {
                        await _session.CommitProcessedAsync(cancellationToken).ConfigureAwait(false);
                    }
                }

                await EndBatchAsync(state, batch, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _session.TakeBack(isProcessed: false);
            _reading.End();
        }
    }

    /// <summary>The next batch with something to hand out, begun or new.</summary>
    private async ValueTask<(PartitionState State, DecodedBatch<TKey, TValue> Batch)> NextBatchAsync(CancellationToken stop, CancellationToken cancellationToken)
    {
        while (true)
        {
            PartitionState state;
            try
            {
                state = await _session.NextAsync(stop).ConfigureAwait(false);
                stop.ThrowIfCancellationRequested();
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                _reading.ThrowIfClosed();
                throw;
            }

            if (_session.TakeChunk(state) is not { } chunk)
            {
                if (state.Leftover is DecodedBatch<TKey, TValue> begun)
                {
                    return (state, begun);
                }

                continue;
            }

            if (state.Leftover is DecodedBatch<TKey, TValue> leftover)
            {
                return (state, leftover);
            }

            if (!chunk.TryTake(out var bytes, out var header, out var isVisible))
            {
                _session.EndChunk(state);
                continue;
            }

            var next = new Offset(header.NextOffset);
            var position = _session.Position(state.Partition) ?? Offset.Zero;
            if (!isVisible || next <= position)
            {
                _session.Skip(state, next);
                continue;
            }

            var batch = _decoder.Decode(state.Partition, bytes, position);
            _link.Metrics.Consumed(state.Partition.Topic, batch.Records.Count);
            state.Leftover = batch;
            return (state, batch);
        }
    }

    private async ValueTask EndBatchAsync(PartitionState state, DecodedBatch<TKey, TValue> batch, CancellationToken cancellationToken)
    {
        if (batch.Index < batch.Records.Count)
        {
            return; // a pause, a rebalance or a seek came between; the rest is handed out later, or dropped
        }

        state.Leftover = null;
        _session.Skip(state, batch.Next);
        if (_options.CommitMode == CommitMode.PerBatch && _session.Offsets is not null)
        {
            await _session.CommitProcessedAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask HandleAsync(PartitionState state, PoisonRecord poison, CancellationToken cancellationToken)
    {
        _link.Metrics.Poisoned(poison.Partition.Topic);
        if (_options.PoisonRecords == PoisonRecords.Fail)
        {
            throw new RecordDeserializationException(
                poison.Partition,
                poison.Offset,
                $"The record at offset {poison.Offset} of {poison.Partition} cannot be deserialized: {poison.Cause.Message} "
                + "Seek behind it, fix the deserializer, or set PoisonRecords to Skip or DeadLetter.",
                poison.Cause);
        }

        LogPoison(_session.Logger, poison.Partition, poison.Offset, _options.PoisonRecords, poison.Cause.Message);
        if (_options.PoisonRecords == PoisonRecords.DeadLetter)
        {
            await _deadLetters.SendAsync(poison, cancellationToken).ConfigureAwait(false);
        }

        _session.Skip(state, poison.Offset + 1);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The record at offset {Offset} of {Partition} cannot be deserialized ({Handling}): {Reason}")]
    private static partial void LogPoison(ILogger logger, TopicPartition partition, Offset offset, PoisonRecords handling, string reason);
}
