using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Groups.Settings;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Coordinators;

/// <inheritdoc cref="IGroupPartitionGrain"/>
[Reentrant, KeepAlive, BrokerPinned]
internal sealed partial class GroupPartitionGrain(
    ILocalReplicas replicas,
    IClusterMetadata metadata,
    CoordinatorConfigs configs,
    TimeProvider time,
    ILogger<GroupPartitionGrain> logger) : Grain, IGroupPartitionGrain
{
    /// <summary>How long a caller waits for loading before its client is asked to come again; a small log takes less.</summary>
    private static readonly TimeSpan _loadGrace = TimeSpan.FromSeconds(1);

    private GroupPartitionKey _key;
    private TopicPartition _partition;
    private CoordinatorTerm? _term;
    private Task<ErrorCode>? _loading;
    private LeaderEpoch _loadingEpoch;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = GroupPartitionKey.Parse(this.GetPrimaryKeyString());
        _partition = new TopicPartition(OffsetsTopic.Name, _key.Partition);
        var interval = TimeSpan.FromMilliseconds(configs.Settings.OffsetsRetentionCheckIntervalMs);
        this.RegisterGrainTimer(TendAged, new GrainTimerCreationOptions(interval, interval) { Interleave = true });
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        EndTerm();
        return Task.CompletedTask;
    }

    public async Task<OpenGroupResult> Open(string groupId)
    {
        if (await LeadAsync() is var error and not ErrorCode.None)
        {
            return new OpenGroupResult { Error = error };
        }

        _term!.Opened.Add(groupId);
        return _term.Groups.Open(groupId, _term.Epoch);
    }

    public Task Close(string groupId, LeaderEpoch epoch)
    {
        if (_term?.Epoch == epoch)
        {
            _term.Opened.Remove(groupId);
        }

        return Task.CompletedTask;
    }

    public Task<ErrorCode> Write(LeaderEpoch epoch, GroupWrite write) =>
        _term is { IsLost: false } term && term.Epoch == epoch ? term.Writer.WriteAsync(write) : Task.FromResult(ErrorCode.NotCoordinator);

    public async Task<GroupIdsResult> List() => await LeadAsync() is var error and not ErrorCode.None
        ? new GroupIdsResult { Error = error }
        : new GroupIdsResult { GroupIds = [.. _term!.Groups.Ids.Union(_term.Opened, StringComparer.Ordinal)] };

    public Task CheckLeadership()
    {
        if (_term is { IsLost: true })
        {
            EndTerm();
        }

        return Task.CompletedTask;
    }

    /// <summary>Makes sure that the partition is led here and loaded: NOT_COORDINATOR, COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE.</summary>
    private async Task<ErrorCode> LeadAsync()
    {
        if (_term is { IsLost: false })
        {
            return ErrorCode.None;
        }

        EndTerm();
        if (replicas.Find(_partition) is not { } replica || replica.Status is not { IsLeader: true, LeaderEpoch: var epoch })
        {
            return ErrorCode.NotCoordinator;
        }

        if (_loading is null or { IsCompleted: true } || _loadingEpoch != epoch)
        {
            _loadingEpoch = epoch;
            _loading = LoadAsync(replica, epoch);
        }

        try
        {
            return await _loading.WaitAsync(_loadGrace, time);
        }
        catch (TimeoutException)
        {
            return ErrorCode.CoordinatorLoadInProgress;
        }
    }

    private async Task<ErrorCode> LoadAsync(ILocalReplica replica, LeaderEpoch epoch)
    {
        // What earlier leaders wrote counts from the moment it is committed under this one.
        var end = replica.Status.LogEnd;
        var self = GrainFactory.GetGrain<IGroupPartitionGrain>(_key.ToString());
        var progress = new ReplicaProgress(replica, epoch, end, () => _ = self.CheckLeadership());
        try
        {
            await progress.Committed;
            var bufferBytes = configs.Settings.OffsetsLoadBufferBytes;
            var (groups, unknown) = await Task.Run(() => OffsetsLogReader.Read(replica, end, bufferBytes));
            if (!progress.IsLeading)
            {
                progress.Dispose();
                return ErrorCode.NotCoordinator;
            }

            var log = GrainFactory.GetGrain<IReplicaGrain>(new ReplicaKey(_partition, _key.Broker).ToString());
            var writer = new OffsetsLogWriter(log, epoch, groups, configs.MaxBatchBytes(metadata.Current), time, logger);
            _term = new CoordinatorTerm(epoch, groups, writer, progress);
            LogLoaded(logger, _key.Partition, epoch.Value, groups.Ids.Count, unknown);
            Tend(groups.WithMembers);
            _ = FollowTopicsAsync(_term);
            return ErrorCode.None;
        }
        catch (Exception failure)
        {
            progress.Dispose();
            LogUnreadable(logger, _key.Partition, failure);
            return ErrorCode.CoordinatorNotAvailable;
        }
    }

    private void EndTerm()
    {
        if (_term is not { } term)
        {
            return;
        }

        _term = null;
        term.Dispose();
        foreach (var group in term.Opened)
        {
            _ = Group(group).Resign(term.Epoch);
        }
    }

    /// <summary>Positions in a deleted topic must not be taken for positions in its namesake.</summary>
    private async Task FollowTopicsAsync(CoordinatorTerm term)
    {
        await foreach (var gone in TopicDeletions.FollowAsync(metadata, term.End))
        {
            foreach (var group in term.Groups.WithOffsetsIn(gone).ToList())
            {
                await Group(group).ForgetTopics([.. gone]);
            }
        }
    }

    private Task TendAged()
    {
        Tend(_term?.Groups.Aged(time.GetUtcNow().ToUnixTimeMilliseconds(), configs.Settings.OffsetsRetentionMs).ToList() ?? []);
        return Task.CompletedTask;
    }

    private void Tend(IEnumerable<string> groups)
    {
        foreach (var group in groups)
        {
            _ = Group(group).Tend();
        }
    }

    private IGroupGrain Group(string id) => GrainFactory.GetGrain<IGroupGrain>(new GroupKey(id, _key.Broker).ToString());

    [LoggerMessage(Level = LogLevel.Debug, Message = "Coordinating partition {Partition} of the offsets topic in leader epoch {Epoch}: {Groups} groups, {Unknown} records of other kinds")]
    private static partial void LogLoaded(ILogger logger, int partition, int epoch, int groups, int unknown);

    [LoggerMessage(Level = LogLevel.Error, Message = "Partition {Partition} of the offsets topic cannot be loaded")]
    private static partial void LogUnreadable(ILogger logger, int partition, Exception failure);
}
