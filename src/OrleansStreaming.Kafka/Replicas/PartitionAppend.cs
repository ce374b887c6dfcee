using Microsoft.Extensions.Logging;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Kafka.Diagnostics;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Records.Sources;

namespace OrleansStreaming.Kafka.Replicas;

/// <summary>The append of one partition of a produce request, from its start to its place in the answer.</summary>
internal sealed class PartitionAppend
{
    private readonly IReplicaGrain? _grain;
    private readonly AppendRequest? _request;
    private readonly Task<AppendResult>? _written;
    private readonly ILogger? _logger;

    private PartitionAppend(TopicPartition partition, ErrorCode refusal)
    {
        Partition = partition;
        Result = new AppendResult { Error = refusal };
    }

    private PartitionAppend(IReplicaGrain grain, TopicPartition partition, AppendRequest request, ILogger logger)
    {
        Partition = partition;
        Result = new AppendResult { Error = ErrorCode.UnknownServerError };
        (_grain, _request, _logger) = (grain, request, logger);
        _written = Call(grain, request);
    }

    public TopicPartition Partition { get; }

    /// <summary>What became of it; final after <see cref="WrittenAsync"/> and, for acks=all, <see cref="CommittedAsync"/>.</summary>
    public AppendResult Result { get; private set; }

    public static PartitionAppend Refused(TopicPartition partition, ErrorCode error) => new(partition, error);

    public static PartitionAppend Start(
        IReplicaGrain grain, TopicPartition partition, TopicId topicId, RecordSource records, RequiredAcks acks, ILogger logger)
    {
        var request = new AppendRequest { Pieces = Pieces((MemoryRecords)records), Acks = acks, TopicId = topicId };
        return new PartitionAppend(grain, partition, request, logger);
    }

    /// <summary>Completes when the batch is written or refused and nobody uses its bytes any more.</summary>
    public async ValueTask WrittenAsync()
    {
        if (_written is null)
        {
            return;
        }

        try
        {
            Result = await _written.ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            // The call may still be queued: its bytes are taken back before the receive buffer is used again.
            await _request!.RevokeAsync().ConfigureAwait(false);
            Result = new AppendResult { Error = Failed(failure) };
        }
    }

    /// <summary>Answers another error than the one with which the batch was refused.</summary>
    public void Refuse(ErrorCode error) => Result = new AppendResult { Error = error };

    /// <summary>
    /// Completes when the batch is committed, or it is known that it will not be in time. The batch is in a log by now, so only
    /// errors are told that leave open whether it is kept. With NOT_LEADER_OR_FOLLOWER, say, librdkafka would take it as never
    /// written: it sends the batch once more, and gives up for ever when that proves a duplicate.
    /// </summary>
    public async Task CommittedAsync(TimeSpan timeout)
    {
        if (Result.Error is not ErrorCode.None || Result.IsCommitted || _grain is null)
        {
            return;
        }

        ErrorCode error;
        try
        {
            error = await _grain.AwaitCommitted(Result.EndOffset, Result.LeaderEpoch, timeout).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            error = Failed(failure);
        }

        if (error is not ErrorCode.None)
        {
            Result = new AppendResult { Error = error is ErrorCode.RequestTimedOut ? error : ErrorCode.NotEnoughReplicasAfterAppend };
        }
    }

    public ProduceResponse.PartitionProduceResponse ToResponse(int index)
    {
        var failed = Result.Error is not ErrorCode.None;
        var response = new ProduceResponse.PartitionProduceResponse
        {
            Index = index,
            ErrorCode = (short)Result.Error,
            BaseOffset = failed ? -1 : Result.BaseOffset.Value,
            LogAppendTimeMs = failed ? -1 : Result.LogAppendTime,
            LogStartOffset = Result.LogStartOffset.Value,
            ErrorMessage = Result.ErrorMessage,
        };
        foreach (var error in Result.RecordErrors)
        {
            response.RecordErrors.Add(new ProduceResponse.BatchIndexAndErrorMessage { BatchIndex = error.Index, BatchIndexErrorMessage = error.Message });
        }

        return response;
    }

    private static Task<AppendResult> Call(IReplicaGrain grain, AppendRequest request)
    {
        try
        {
            return grain.Append(request);
        }
        catch (Exception failure)
        {
            // Thrown on, it would end the request while appends of its other partitions still use the bytes.
            return Task.FromException<AppendResult>(failure);
        }
    }

    private static ReadOnlyMemory<byte>[] Pieces(MemoryRecords records)
    {
        if (records.Bytes.IsSingleSegment)
        {
            return [records.Bytes.First];
        }

        var count = 0;
        foreach (var _ in records.Bytes)
        {
            count++;
        }

        var pieces = new ReadOnlyMemory<byte>[count];
        count = 0;
        foreach (var piece in records.Bytes)
        {
            pieces[count++] = piece;
        }

        return pieces;
    }

    private ErrorCode Failed(Exception failure)
    {
        _logger!.RequestFailed(ApiKey.Produce, Partition.ToString(), failure);
        return GrainFailures.ToError(failure);
    }
}
