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
internal sealed class GroupPartitionGrain(
    ILocalReplicas replicas,
    IClusterMetadata metadata,
    CoordinatorConfigs configs,
    WriteRounds rounds,
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
        var error = await LeadAsync();
        if (error is not ErrorCode.None || _term is not { } term)
        {
            // Without a term and an error: it ended before this turn.
            return new OpenGroupResult { Error = error is ErrorCode.None ? ErrorCode.NotCoordinator : error };
        }

        term.Opened.Add(groupId);
        return term.Groups.Open(groupId, term.Epoch);
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

    public async Task<GroupIdsResult> List()
    {
        var error = await LeadAsync();
        return error is ErrorCode.None && _term is { } term
            ? new GroupIdsResult { GroupIds = [.. term.Groups.Ids.Union(term.Opened, StringComparer.Ordinal)] }
            : new GroupIdsResult { Error = error is ErrorCode.None ? ErrorCode.NotCoordinator : error };
    }

    /// <summary>Ends a term that is lost, and begins one that is due.</summary>
    public Task CheckLeadership() => LeadAsync();

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
        var self = GrainFactory.GetGrain<IGroupPartitionGrain>(_key.ToString());
        var log = GrainFactory.GetGrain<IReplicaGrain>(new ReplicaKey(_partition, _key.Broker).ToString());
        var loader = new TermLoader(replica, log, configs, metadata, rounds, time, logger);
        var (term, error) = await loader.LoadAsync(epoch, onDeposed: () => _ = self.CheckLeadership());
        if (term is not null)
        {
            EndTerm();
            _term = term;
            Tend(term.Groups.WithMembers);
            _ = FollowTopicsAsync(term);
        }

        return error;
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
}
