using Orleans;
using Orleans.Concurrency;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Replicas;

/// <summary>The door to one replica from everywhere in the cluster. It holds nothing: what is open on this broker is the truth.</summary>
[GrainType("replica"), Reentrant, BrokerPinned]
internal sealed class ReplicaGrain(LocalReplicas replicas) : Grain, IReplicaGrain
{
    private static readonly Task<ErrorCode> _notHere = Task.FromResult(ErrorCode.NotLeaderOrFollower);

    private TopicPartition _partition;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _partition = ReplicaKey.Parse(this.GetPrimaryKeyString()).Partition;
        return Task.CompletedTask;
    }

    public Task<AppendResult> Append(AppendRequest request)
    {
        // A caller that has given up may be using its buffers for something else by now.
        if (!request.TryTake())
        {
            return Task.FromResult(new AppendResult { Error = ErrorCode.RequestTimedOut });
        }

        try
        {
            return replicas.Find(_partition) is { } replica ? replica.Append(request) : Task.FromResult(NotHere(request));
        }
        finally
        {
            request.End();
        }
    }

    public async Task<AppendResult> AppendCommitted(AppendRequest request, TimeSpan patience)
    {
        var appended = await Append(request);
        return appended is { Error: ErrorCode.None, IsCommitted: false }
            && await AwaitCommitted(appended.EndOffset, appended.LeaderEpoch, patience) is ErrorCode.None
            ? appended.AsCommitted()
            : appended;
    }

    public Task<ErrorCode> AwaitCommitted(Offset end, LeaderEpoch epoch, TimeSpan timeout) =>
        replicas.Find(_partition)?.AwaitCommitted(end, epoch, timeout) ?? _notHere;

    public Task<DeleteRecordsResult> DeleteRecords(Offset before) =>
        Task.FromResult(replicas.Find(_partition)?.DeleteRecords(before) ?? new DeleteRecordsResult { Error = ErrorCode.NotLeaderOrFollower });

    private static AppendResult NotHere(AppendRequest request) =>
        new() { Error = request.TopicId == TopicId.None ? ErrorCode.NotLeaderOrFollower : ErrorCode.UnknownTopicId };
}
