using System.Buffers;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Logs;

namespace OrleansStreaming.Replication.Replicas;

internal sealed partial class LocalReplica
{
    private readonly PieceChain _pieces = new();

    /// <summary>
    /// Validates and appends one batch. Completed at once, except that an acks=1 producer of a topic that asks for a sync now gets
    /// its answer after the sync, as in Kafka; acks=all waits for it in <see cref="AwaitCommitted"/>.
    /// </summary>
    public Task<AppendResult> Append(AppendRequest request)
    {
        AppendResult result;
        bool isFlushDue;
        lock (_gate)
        {
            var batch = _pieces.Join(request.Pieces);
            if (Refuse(request, batch) is { } refusal)
            {
                _pieces.Release();
                _metrics.Refused(_topicTag);
                return Task.FromResult(refusal);
            }

            var appended = _log.AppendAsLeader(batch, _machine.Epoch);
            _pieces.Release();
            ReportWriteFault();
            isFlushDue = appended.Error == ErrorCode.None && _log.IsFlushDue;
            if (appended.Error != ErrorCode.None)
            {
                _metrics.Refused(_topicTag);
                _status = Look();
                OnRefused(appended.Error);
            }
            else if (!appended.IsDuplicate)
            {
                _metrics.Appended(_topicTag, batch.Length, appended.EndOffset - appended.BaseOffset);
                _machine.OnDiskWorks();
                Advance(isFlushDue);
            }

            result = Answer(appended);
        }

        _waiters.Signal();
        if (!isFlushDue)
        {
            return Task.FromResult(result);
        }

        var flushing = FlushAsync();
        return request.Acks == RequiredAcks.Leader ? AnswerAfter(flushing, result) : Task.FromResult(result);
    }

    /// <summary>See <see cref="IReplicaGrain.AwaitCommitted"/>.</summary>
    public Task<ErrorCode> AwaitCommitted(Offset end, LeaderEpoch epoch, TimeSpan timeout)
    {
        lock (_gate)
        {
            // What an older epoch appended may have been cut off since.
            if (!_machine.IsLeader || epoch != _machine.Epoch)
            {
                return Task.FromResult(ErrorCode.NotLeaderOrFollower);
            }

            return _machine.HighWatermark >= end ? Task.FromResult(ErrorCode.None) : _commits.Add(end, timeout);
        }
    }

    /// <summary>See <see cref="IReplicaGrain.DeleteRecords"/>.</summary>
    public DeleteRecordsResult DeleteRecords(Offset before)
    {
        lock (_gate)
        {
            if (!_machine.IsLeader)
            {
                return new DeleteRecordsResult { Error = ErrorCode.NotLeaderOrFollower };
            }

            if (!_options.Log.CleanupDelete)
            {
                return new DeleteRecordsResult { Error = ErrorCode.PolicyViolation };
            }

            var target = before == Offset.None ? _machine.HighWatermark : before;
            if (target < Offset.Zero || target > _machine.HighWatermark)
            {
                return new DeleteRecordsResult { Error = ErrorCode.OffsetOutOfRange };
            }

            _log.AdvanceLogStart(target);
            OnLogStartMoved();
        }

        _waiters.Signal();
        return new DeleteRecordsResult { LowWatermark = _log.LogStart };
    }

    private AppendResult? Refuse(AppendRequest request, in ReadOnlySequence<byte> batch)
    {
        if (request.TopicId != TopicId.None && request.TopicId != _log.TopicId)
        {
            return Refusal(ErrorCode.InconsistentTopicId);
        }

        var error = _machine.State.CheckAppend(request.LeaderEpoch, request.Acks, isDuplicate: !_machine.State.HasEnoughInSync && _log.IsDuplicate(batch));
        return error == ErrorCode.None ? null : Refusal(error);
    }

    private AppendResult Refusal(ErrorCode error) => new() { Error = error, LeaderEpoch = _machine.Epoch };

    /// <summary>After an append. What waits for a sync counts only when the sync is done; followers are sent it at once.</summary>
    private void Advance(bool isFlushDue)
    {
        _machine.OnAppended(_peers.Now);
        if (!isFlushDue)
        {
            ArmFlushTimer();
        }

        Settle();
        Push();
    }

    /// <summary>A disk that takes no writes: another in-sync replica may have one that does.</summary>
    private void OnRefused(ErrorCode error)
    {
        if (error == ErrorCode.KafkaStorageError)
        {
            _machine.OnDiskRefused();
            SeekHelp();
        }
    }

    private AppendResult Answer(in LogAppendResult appended) => new()
    {
        Error = appended.Error,
        ErrorMessage = appended.ErrorMessage,
        BaseOffset = appended.BaseOffset,
        EndOffset = appended.EndOffset,
        LogAppendTime = appended.LogAppendTime,
        LogStartOffset = _log.LogStart,
        LeaderEpoch = _machine.Epoch,
        IsCommitted = appended.Error == ErrorCode.None && _machine.HighWatermark >= appended.EndOffset,
        RecordErrors = appended.RecordErrors.Count == 0
            ? []
            : appended.RecordErrors.Select(error => new RecordError(error.Index, error.Message)).ToArray(),
    };

    private static async Task<AppendResult> AnswerAfter(Task<ErrorCode> flushing, AppendResult result)
    {
        var error = await flushing.ConfigureAwait(false);
        return error == ErrorCode.None
            ? result
            : new AppendResult { Error = error, ErrorMessage = "The log could not be synced.", LeaderEpoch = result.LeaderEpoch };
    }
}
