using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Replication;

/// <summary>
/// One fetch from a replica of this process: reads at once when there is enough, else waits for the log to move. The one
/// implementation behind the grain call and behind clients that live beside the replica.
/// </summary>
public static class ReplicaFetch
{
    /// <param name="replica">Where to read.</param>
    /// <param name="request">What to read.</param>
    /// <param name="rent">Gives an array of at least that many bytes, for the result's records; called once, if there are any.</param>
    /// <param name="time">The clock of the wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="IOException">The bytes could not be read.</exception>
    public static async Task<FetchedRecords> RunAsync(
        ILocalReplica replica, FetchCommand request, Func<int, byte[]> rent, TimeProvider time, CancellationToken cancellationToken)
    {
        if (TryRead(replica, request, rent, isLast: request.MaxWait <= TimeSpan.Zero) is { } immediate)
        {
            return immediate;
        }

        using var wait = new ReplicaWait(replica, request.MaxWait, time, cancellationToken);
        while (true)
        {
            wait.Arm();
            var isLast = wait.IsOver;
            if (TryRead(replica, request, rent, isLast) is { } result)
            {
                return result;
            }

            await wait.NextAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Looks up an offset in a replica of this process.</summary>
    public static FindOffsetResult Find(ILocalReplica replica, FindOffsetCommand request)
    {
        var status = replica.Status;
        if (!status.IsLeader)
        {
            return new FindOffsetResult { Error = ErrorCode.NotLeaderOrFollower };
        }

        switch (request.Timestamp)
        {
            case FindOffsetCommand.Latest:
                return new FindOffsetResult { Offset = request.Isolation == ReadIsolation.ReadCommitted ? status.LastStable : status.HighWatermark };
            case FindOffsetCommand.Earliest:
                return new FindOffsetResult { Offset = status.LogStart };
            default:
                var found = request.Timestamp == FindOffsetCommand.MaxTimestamp
                    ? replica.FindMaxTimestamp()
                    : replica.FindByTimestamp(request.Timestamp, request.Isolation);
                return found is { } record ? new FindOffsetResult { Offset = record.Offset, Timestamp = record.Timestamp } : new FindOffsetResult();
        }
    }

    /// <summary>Null when it is worth waiting for more.</summary>
    private static FetchedRecords? TryRead(ILocalReplica replica, FetchCommand request, Func<int, byte[]> rent, bool isLast)
    {
        if (Check(replica, request) is var refusal and not ErrorCode.None)
        {
            return new FetchedRecords { Error = refusal, LeaderEpoch = replica.Status.LeaderEpoch };
        }

        var read = replica.Read(request.Offset, request.MaxBytes, atLeastOneBatch: true, request.Isolation);
        using var records = read.Records;
        if (read.Error is ErrorCode.None && records.Length < request.MinBytes && !isLast)
        {
            return null;
        }

        ReadOnlyMemory<byte> copy = default;
        if (records.Length > 0)
        {
            var buffer = rent(records.Length);
            records.CopyTo(0, buffer.AsSpan(0, records.Length));
            copy = buffer.AsMemory(0, records.Length);
        }

        return new FetchedRecords
        {
            Error = read.Error,
            Records = copy,
            LeaderEpoch = read.Status.LeaderEpoch,
            LogStart = read.Status.LogStart,
            LastStable = read.Status.LastStable,
            HighWatermark = read.Status.HighWatermark,
            Aborted = read.Aborted.Count == 0 ? [] : [.. read.Aborted.Select(entry => new AbortedTransactionRange(entry.ProducerId, entry.FirstOffset))],
        };
    }

    private static ErrorCode Check(ILocalReplica replica, FetchCommand request)
    {
        if (request.TopicId != TopicId.None && request.TopicId != replica.TopicId)
        {
            return ErrorCode.InconsistentTopicId;
        }

        var status = replica.Status;
        return !status.IsLeader ? ErrorCode.NotLeaderOrFollower
            : request.LeaderEpoch == LeaderEpoch.None || request.LeaderEpoch == status.LeaderEpoch ? ErrorCode.None
            : request.LeaderEpoch < status.LeaderEpoch ? ErrorCode.FencedLeaderEpoch
            : ErrorCode.UnknownLeaderEpoch;
    }
}
