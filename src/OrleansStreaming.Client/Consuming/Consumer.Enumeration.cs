using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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
                    var (offset, record, poison, slot) = batch.Records[batch.Index];
                    var verdict = Judge(state, batch.Records[batch.Index]);
                    if (verdict is KeyedVerdict.Skip)
                    {
                        batch.Index++;
                        continue;
                    }

                    if (verdict is KeyedVerdict.Wait)
                    {
                        break;
                    }

                    if (poison is not null)
                    {
                        if (!TryBeginPoison(state, offset, slot))
                        {
                            break;
                        }

                        await HandleAsync(state, poison, cancellationToken).ConfigureAwait(false);
                        batch.Index++;
                        continue;
                    }

                    if (cancellationToken.IsCancellationRequested || _reading.IsClosed || !_session.TryHandOut(state, offset + 1, (offset, slot)))
                    {
                        break;
                    }

                    batch.Index++;
                    yield return record!;
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
                var slots = new List<(Offset, int)>();
                var index = batch.Index;
                for (; index < batch.Records.Count; index++)
                {
                    var (offset, record, poison, slot) = batch.Records[index];
                    var verdict = Judge(state, batch.Records[index]);
                    if (verdict is KeyedVerdict.Skip)
                    {
                        continue;
                    }

                    // The good ones before a poison record come first.
                    if (verdict is KeyedVerdict.Wait || (poison is not null && (records.Count > 0 || !TryBeginPoison(state, offset, slot))))
                    {
                        break;
                    }

                    if (poison is not null)
                    {
                        await HandleAsync(state, poison, cancellationToken).ConfigureAwait(false);
                        batch.Index = index + 1;
                    }
                    else
                    {
                        records.Add(record!);
                        slots.Add((offset, slot));
                    }
                }

                var next = index >= batch.Records.Count || records.Count == 0 ? batch.Next : records[^1].Offset + 1;
                if (records.Count == 0)
                {
                    batch.Index = index;
                }
                else if (_session.TryHandOut(state, next, CollectionsMarshal.AsSpan(slots)))
                {
                    batch.Index = index;
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

    private KeyedVerdict Judge(PartitionState state, DecodedRecord<TKey, TValue> record)
    {
        var verdict = _session.Judge(state, record.Offset, record.Slot);
        return verdict is KeyedVerdict.Deliver && record.IsOthers ? KeyedVerdict.Skip : verdict;
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
            if ((!isVisible && state.Keyed is null) || next <= position)
            {
                _session.Skip(state, next);
                continue;
            }

            var batch = isVisible ? _decoder.Decode(state.Partition, bytes, position, _session.ReadableSlots(state)) : new DecodedBatch<TKey, TValue>([], next);
            _link.Metrics.Consumed(state.Partition.Topic, state.Keyed is null ? batch.Records.Count : batch.Records.Count(record => !record.IsOthers));
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

        if (!_session.Skip(state, batch.Next))
        {
            return; // the offsets behind its last record lie beyond the window
        }

        state.Leftover = null;
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

        if (state.Keyed is null)
        {
            _session.Skip(state, poison.Offset + 1);
        }
        else
        {
            _session.TakeBack(isProcessed: true);
        }
    }

    /// <summary>Where slots may be called back, a poison record counts as in hand while it is handled.</summary>
    private bool TryBeginPoison(PartitionState state, Offset offset, int slot) =>
        state.Keyed is null || _options.PoisonRecords == PoisonRecords.Fail || _session.TryHandOut(state, offset + 1, (offset, slot));

    [LoggerMessage(Level = LogLevel.Warning, Message = "The record at offset {Offset} of {Partition} cannot be deserialized ({Handling}): {Reason}")]
    private static partial void LogPoison(ILogger logger, TopicPartition partition, Offset offset, PoisonRecords handling, string reason);
}
