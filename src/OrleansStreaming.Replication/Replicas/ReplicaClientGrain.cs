using Orleans;
using Orleans.Concurrency;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Replicas;

/// <summary>The door to one replica for Orleans clients. Like <see cref="ReplicaGrain"/> it holds nothing.</summary>
[GrainType("replica-client"), Reentrant, BrokerPinned]
internal sealed class ReplicaClientGrain(LocalReplicas replicas, TimeProvider time) : Grain, IReplicaClientGrain
{
    private TopicPartition _partition;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _partition = ReplicaKey.Parse(this.GetPrimaryKeyString()).Partition;
        return Task.CompletedTask;
    }

    public Task<AppendResult> Append(AppendRequest request, TimeSpan timeout)
    {
        // A caller that has given up may be using its buffers for something else by now.
        if (!request.TryTake())
        {
            return Task.FromResult(new AppendResult { Error = ErrorCode.RequestTimedOut });
        }

        try
        {
            return replicas.Find(_partition) is not { } replica
                ? Task.FromResult(new AppendResult { Error = request.TopicId == TopicId.None ? ErrorCode.NotLeaderOrFollower : ErrorCode.UnknownTopicId })
                : CommitAsync(replica, replica.Append(request), request.Acks, timeout);
        }
        finally
        {
            request.End();
        }
    }

    public Task<FetchedRecords> Fetch(FetchCommand request) => replicas.Find(_partition) is { } replica
        ? ReplicaFetch.RunAsync(replica, request, static size => GC.AllocateUninitializedArray<byte>(size), time, CancellationToken.None)
        : Task.FromResult(new FetchedRecords { Error = ErrorCode.NotLeaderOrFollower });

    public Task<FindOffsetResult> FindOffset(FindOffsetCommand request) => Task.FromResult(replicas.Find(_partition) is { } replica
        ? ReplicaFetch.Find(replica, request)
        : new FindOffsetResult { Error = ErrorCode.NotLeaderOrFollower });

    private static Task<AppendResult> CommitAsync(LocalReplica replica, Task<AppendResult> appending, RequiredAcks acks, TimeSpan timeout)
    {
        // On one broker everything is committed when it is written: no state machine then.
        return appending.IsCompletedSuccessfully && (appending.Result.IsCommitted || appending.Result.Error is not ErrorCode.None || acks is not RequiredAcks.All)
            ? appending
            : AwaitAsync(replica, appending, acks, timeout);
    }

    private static async Task<AppendResult> AwaitAsync(LocalReplica replica, Task<AppendResult> appending, RequiredAcks acks, TimeSpan timeout)
    {
        var result = await appending;
        if (result.Error is not ErrorCode.None || result.IsCommitted || acks is not RequiredAcks.All)
        {
            return result;
        }

        var error = await replica.AwaitCommitted(result.EndOffset, result.LeaderEpoch, timeout);
        return error is ErrorCode.None ? result : new AppendResult { Error = error, LeaderEpoch = result.LeaderEpoch };
    }
}
