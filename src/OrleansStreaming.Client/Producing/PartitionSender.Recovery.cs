using OrleansStreaming.Client.Connections;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Producing;

internal sealed partial class PartitionSender
{
    /// <summary>What is to be sent again, in order.</summary>
    private readonly List<ProducerBatch> _retries = [];
    private bool _isRecovering;

    /// <summary>After a try that was not part of a recovery.</summary>
    private void Settle(ProducerBatch batch, SendOutcome outcome)
    {
        var recover = false;
        var schedule = false;
        var isDone = outcome.Verdict is SendVerdict.Stored or SendVerdict.Refused;
        lock (_gate)
        {
            _inFlight.Remove(batch);
            if (outcome.Verdict is SendVerdict.Stored)
            {
                _isLeaderFound = true;
            }

            if (!isDone)
            {
                _isLeaderFound = false;
                var place = _retries.FindIndex(other => other.Order > batch.Order);
                _retries.Insert(place < 0 ? _retries.Count : place, batch);
            }

            if (_inFlight.Count == 0 && _retries.Count > 0 && !_isRecovering)
            {
                _isRecovering = recover = true;
            }

            schedule = TryBeginDraining();
        }

        if (isDone)
        {
            Conclude(batch, outcome);
        }

        if (recover)
        {
            _ = RecoverAsync();
        }

        if (schedule)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>
    /// Sends the failed batches again, one at a time and in order, while nothing else is in flight. A batch that the broker cannot
    /// follow, although everything before it is decided, starts a new numbering: what is open then was never stored, since no
    /// batch is stored without the one before it.
    /// </summary>
    private async Task RecoverAsync()
    {
        var startOver = false;
        while (true)
        {
            ProducerBatch batch;
            lock (_gate)
            {
                if (_retries.Count == 0)
                {
                    _isRecovering = false;
                    break;
                }

                batch = _retries[0];
            }

            SendOutcome outcome;
            try
            {
                if (Expired(batch) is { } failure)
                {
                    Drop(batch);
                    Conclude(batch, failure);
                    continue;
                }

                _shared.Link.Metrics.Retried(Partition.Topic);
                await _shared.Link.PauseAsync(batch.Attempts, _shared.Link.Image.Version, CancellationToken.None).ConfigureAwait(false);
                if (startOver)
                {
                    await StartOverAsync().ConfigureAwait(false);
                    startOver = false;
                }

                outcome = await SendAsync(batch).ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                batch.LastFailure = failure.Message;
                batch.Attempts++;
                continue;
            }

            startOver = outcome.Verdict is SendVerdict.OutOfOrder;
            if (outcome.Verdict is SendVerdict.Stored or SendVerdict.Refused)
            {
                Drop(batch);
                Conclude(batch, outcome);
            }
        }

        bool schedule;
        lock (_gate)
        {
            schedule = TryBeginDraining();
        }

        if (schedule)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private async Task StartOverAsync()
    {
        var fresh = await _shared.Ids.NextAsync(CancellationToken.None).ConfigureAwait(false);
        lock (_gate)
        {
            _producerId = fresh;
            _nextSequence = 0;
            foreach (var batch in _retries)
            {
                batch.BaseSequence = _nextSequence;
                _nextSequence = BatchHeader.AddToSequence(_nextSequence, batch.Count);
            }
        }
    }

    private void Drop(ProducerBatch batch)
    {
        lock (_gate)
        {
            _retries.Remove(batch);
        }
    }

    /// <summary>One try. When it completes, nobody else uses the batch's bytes.</summary>
    private async Task<SendOutcome> SendAsync(ProducerBatch batch)
    {
        batch.Attempts++;
        if (IsNumbered || batch.Attempts > 1)
        {
            BatchNumbering.Stamp(batch.Bytes.Span, _producerId, batch.BaseSequence, batch.MaxTimestamp);
        }

        if (_shared.Link.Find(Partition) is not { } place || place.Partition.Leader == BrokerId.None)
        {
            batch.LastFailure = "the partition has no leader";
            return SendOutcome.Failed(SendVerdict.Retry, ErrorCode.LeaderNotAvailable, batch.LastFailure);
        }

        var request = new AppendRequest { Pieces = [batch.Bytes], Acks = _shared.Acks, TopicId = TopicId };
        try
        {
            var grain = _shared.Link.Replica(Partition, place.Partition.Leader);
            var limit = _shared.Link.Options.RequestTimeout;
            var call = grain.Append(request, limit);
            if (_shared.Acks is RequiredAcks.None)
            {
                batch.Succeed(Offset.None, -1);
            }

            var result = await (call.IsCompleted ? call : call.WaitAsync(limit, _shared.Link.Time)).ConfigureAwait(false);
            var verdict = SendOutcome.VerdictOf(result.Error, IsNumbered);
            batch.LastFailure = result.Error is ErrorCode.None ? "" : result.ErrorMessage ?? ErrorTable.MessageOf(result.Error);
            batch.IsOutcomeUnknown |= result.Error is ErrorCode.RequestTimedOut or ErrorCode.NotEnoughReplicasAfterAppend;
            return new SendOutcome(verdict, result.Error, batch.LastFailure, result.BaseOffset, result.LogAppendTime);
        }
        catch (Exception failure)
        {
            // The call may still be queued: the bytes are taken back before they are used again.
            var revoked = request.RevokeAsync();
            await revoked.WaitAsync(_shared.Link.Options.RequestTimeout, _shared.Link.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!revoked.IsCompleted)
            {
                batch.Abandon();
            }

            batch.IsOutcomeUnknown = true;
            batch.LastFailure = failure.Message;
            return SendOutcome.Failed(SendVerdict.Retry, ErrorCode.NetworkException, failure.Message);
        }
    }

    /// <summary>Why it is not tried any more; null when it is.</summary>
    private SendOutcome? Expired(ProducerBatch batch)
    {
        var age = _shared.Link.Time.GetElapsedTime(batch.CreatedAt);
        if (_shared.Link.Image is { Version: >= 0 } image && !image.Topics.ContainsKey(Partition.Topic) && age >= _shared.Link.Options.MetadataTimeout)
        {
            return SendOutcome.Failed(SendVerdict.Refused, ErrorCode.UnknownTopicOrPartition, "the topic was deleted");
        }

        return age < _shared.Options.DeliveryTimeout ? null : SendOutcome.Failed(SendVerdict.Refused, ErrorCode.RequestTimedOut, batch.LastFailure);
    }

    private void Conclude(ProducerBatch batch, SendOutcome outcome)
    {
        var age = _shared.Link.Time.GetElapsedTime(batch.CreatedAt);
        if (outcome.Verdict is SendVerdict.Stored)
        {
            _shared.Link.Metrics.Produced(Partition.Topic, batch.Count, batch.Bytes.Length, age);
            Recycle(batch);
            batch.Succeed(outcome.BaseOffset, outcome.LogAppendTime);
        }
        else
        {
            _shared.Link.Metrics.Failed(Partition.Topic, batch.Count);
            Recycle(batch);
            batch.Fail(FailureOf(batch, outcome));
        }

        _shared.Budget.Release(batch.ReservedBytes);
    }

    private StreamingException FailureOf(ProducerBatch batch, SendOutcome outcome) => outcome.Error switch
    {
        ErrorCode.UnknownTopicOrPartition => Refusals.UnknownTopic(Partition.Topic, _shared.Link.Options.MetadataTimeout),
        ErrorCode.RequestTimedOut when !batch.IsOutcomeUnknown =>
            Refusals.Unavailable($"{Partition} could not be written ({batch.LastFailure})", _shared.Options.DeliveryTimeout),
        ErrorCode.RequestTimedOut => new DeliveryTimeoutException(
            $"{Partition} did not acknowledge within {_shared.Options.DeliveryTimeout.TotalSeconds:0.#} s and {batch.Attempts} tries ({batch.LastFailure}). "
            + "The record may have been stored; produce it again only if a duplicate does no harm."),
        _ => Refusals.Of(outcome.Error, outcome.Message, $"{Partition} refused the record"),
    };

    private void Recycle(ProducerBatch batch)
    {
        if (!batch.OwnsBuilder)
        {
            return;
        }

        lock (_gate)
        {
            if (_builders.Count <= _shared.Options.MaxInFlight && !_shared.IsClosed)
            {
                batch.Builder.Reset();
                _builders.Push(batch.Builder);
                return;
            }
        }

        batch.Builder.Dispose();
    }
}
