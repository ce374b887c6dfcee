using Microsoft.Extensions.Logging;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Coordinators;

/// <summary>
/// Appends to one partition of the offsets topic under one leader epoch: one append in flight, and everything that arrives
/// meanwhile, or until the next round, goes into one batch. What is committed is applied to the stored groups before it is answered. Used in the turns
/// of one grain.
/// </summary>
internal sealed partial class OffsetsLogWriter(
    IReplicaGrain replica, LeaderEpoch epoch, StoredGroups groups, int maxBatchBytes, WriteRounds rounds, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan _commitWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _retryDelay = TimeSpan.FromMilliseconds(100);

    private readonly Queue<EncodedWrite> _waiting = new();
    private bool _isWriting;

    /// <summary>Nothing can be written any more, and what was in flight may have been written or not: load again.</summary>
    public bool IsLost { get; private set; }

    /// <inheritdoc cref="IGroupPartitionGrain.Write"/>
    public Task<ErrorCode> WriteAsync(GroupWrite write)
    {
        if (IsLost)
        {
            return Task.FromResult(ErrorCode.NotCoordinator);
        }

        EncodedWrite encoded;
        try
        {
            encoded = new EncodedWrite(write);
        }
        catch (OverflowException)
        {
            return Task.FromResult(ErrorCode.MessageTooLarge);
        }

        _waiting.Enqueue(encoded);
        if (!_isWriting)
        {
            _isWriting = true;
            _ = WriteAllAsync();
        }

        return encoded.Outcome;
    }

    /// <summary>Gives up: everything that waits is answered NOT_COORDINATOR.</summary>
    public void Lose()
    {
        IsLost = true;
        while (_waiting.TryDequeue(out var write))
        {
            write.Complete(ErrorCode.NotCoordinator);
        }
    }

    private async Task WriteAllAsync()
    {
        using var builder = new BatchBuilder();
        while (!IsLost && _waiting.Count > 0)
        {
            await rounds.NextAsync(this);
            if (_waiting.Count == 0)
            {
                // Lost meanwhile.
                break;
            }

            builder.Reset();
            var batch = Take(builder);
            var error = await AppendAsync(builder.Build());

            // Lost before anyone hears of it: who hears opens the group anew, and must not find this term.
            IsLost |= error is ErrorCode.NotCoordinator;
            foreach (var write in batch)
            {
                if (error is ErrorCode.None)
                {
                    groups.Apply(write.Write);
                }

                write.Complete(error);
            }
        }

        if (IsLost)
        {
            Lose();
        }

        _isWriting = false;
    }

    private List<EncodedWrite> Take(BatchBuilder builder)
    {
        var batch = new List<EncodedWrite>();
        var timestamp = time.GetUtcNow().ToUnixTimeMilliseconds();
        while (_waiting.TryPeek(out var next) && (batch.Count == 0 || builder.SizeInBytes + next.Size <= maxBatchBytes))
        {
            _waiting.Dequeue();
            next.AppendTo(builder, timestamp);
            batch.Add(next);
        }

        return batch;
    }

    /// <summary>None: committed. NOT_COORDINATOR: nobody knows. Any other error: certainly not written.</summary>
    private async Task<ErrorCode> AppendAsync(ReadOnlyMemory<byte> batch)
    {
        var request = new AppendRequest { Pieces = [batch], Acks = RequiredAcks.All, LeaderEpoch = epoch };
        try
        {
            var appended = await replica.AppendCommitted(request, _commitWait);
            switch (appended.Error)
            {
                case ErrorCode.None:
                    return appended.IsCommitted ? ErrorCode.None : await CommitAsync(appended.EndOffset);
                case ErrorCode.NotEnoughReplicas or ErrorCode.MessageTooLarge or ErrorCode.RecordListTooLarge:
                    return appended.Error;
                default:
                    LogRefused(logger, epoch.Value, appended.Error);
                    return ErrorCode.NotCoordinator;
            }
        }
        catch (Exception failure)
        {
            LogFailed(logger, epoch.Value, failure);
            await request.RevokeAsync();
            return ErrorCode.NotCoordinator;
        }
    }

    /// <summary>What is in the log is either committed in the end or lost with the leadership: there is no giving up in between.</summary>
    private async Task<ErrorCode> CommitAsync(Offset end)
    {
        while (!IsLost)
        {
            switch (await replica.AwaitCommitted(end, epoch, _commitWait))
            {
                case ErrorCode.None:
                    return ErrorCode.None;
                case ErrorCode.RequestTimedOut or ErrorCode.NotEnoughReplicasAfterAppend:
                    await Task.Delay(_retryDelay, time);
                    break;
                case var error:
                    LogRefused(logger, epoch.Value, error);
                    return ErrorCode.NotCoordinator;
            }
        }

        return ErrorCode.NotCoordinator;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Group records were refused under leader epoch {Epoch}: {Error}")]
    private static partial void LogRefused(ILogger logger, int epoch, ErrorCode error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Group records could not be appended under leader epoch {Epoch}")]
    private static partial void LogFailed(ILogger logger, int epoch, Exception failure);
}
