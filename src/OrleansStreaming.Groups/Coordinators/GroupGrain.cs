using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Groups.Diagnostics;
using OrleansStreaming.Groups.Machine;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Coordinators;

/// <inheritdoc cref="IGroupGrain"/>
[Reentrant, BrokerPinned]
internal sealed class GroupGrain(
    ILocalReplicas replicas,
    IClusterMetadata metadata,
    CoordinatorConfigs configs,
    GroupMetrics metrics,
    TimeProvider time,
    ILogger<GroupGrain> logger) : Grain, IGroupGrain
{
    private GroupKey _key;
    private TopicPartition _partition;
    private IGroupPartitionGrain? _log;
    private DeadlineTimer _timer = null!;
    private LiveGroup? _live;
    private Task<ErrorCode>? _opening;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = GroupKey.Parse(this.GetPrimaryKeyString());
        _timer = new DeadlineTimer(this.RegisterGrainTimer(
            OnDeadline, new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { Interleave = true, KeepAlive = true }));
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _live?.End();
        return _live is null ? Task.CompletedTask : _log!.Close(_key.GroupId, _live.Epoch);
    }

    public Task<JoinGroupResult> Join(JoinGroupCommand command) => AskAsync(
        error => new JoinGroupResult { Error = error, MemberId = command.MemberId },
        (machine, request, now) => machine.Join(request, command, now));

    public Task<SyncGroupResult> Sync(SyncGroupCommand command) => AskAsync(
        static error => new SyncGroupResult { Error = error },
        (machine, request, now) => machine.Sync(request, command, now));

    public async Task<OffsetsResult> CommitOffsets(CommitOffsetsCommand command)
    {
        var start = time.GetTimestamp();
        var result = await AskAsync(
            static error => new OffsetsResult { Error = error },
            (machine, request, now) => machine.CommitOffsets(request, command, now));
        metrics.Committed(time.GetElapsedTime(start));
        return result;
    }

    public Task<ConsumerHeartbeatResult> ConsumerHeartbeat(ConsumerHeartbeatCommand command) => AskAsync(
        error => new ConsumerHeartbeatResult { Error = error, MemberId = command.MemberId, MemberEpoch = command.MemberEpoch },
        (machine, request, now) => machine.ConsumerHeartbeat(request, command, now));

    public Task<KeyProgressResult> ReportFinished(KeyProgressCommand command) => AskAsync(
        static error => new KeyProgressResult { Error = error },
        (machine, request, now) => machine.ReportFinished(request, command, now));

    public Task<ConsumerGroupDescription> DescribeConsumers() =>
        SayAsync(static (machine, _) => machine.DescribeConsumers(), static error => new ConsumerGroupDescription { Error = error });

    public Task<FetchOffsetsResult> FetchOffsets(GroupTopicPartition[]? partitions, string? memberId, int memberEpoch) => SayAsync(
        (machine, _) => machine.FetchOffsets(partitions, memberId, memberEpoch),
        static error => new FetchOffsetsResult { Error = error });

    public Task<OffsetsResult> DeleteOffsets(GroupTopicPartition[] partitions) => AskAsync(
        static error => new OffsetsResult { Error = error },
        (machine, request, now) => machine.DeleteOffsets(request, partitions, now));

    public Task<ErrorCode> Delete() => AskAsync(static error => error, static (machine, request, now) => machine.Delete(request, now));

    public Task<ErrorCode> Heartbeat(HeartbeatCommand command) => SayAsync((machine, now) => machine.Heartbeat(command, now), static error => error);

    public Task<LeaveGroupResult> Leave(LeavingMember[] members) => SayAsync(
        (machine, now) => new LeaveGroupResult { MemberErrors = machine.Leave(members, now) },
        static error => new LeaveGroupResult { Error = error });

    public Task<GroupDescription> Describe() =>
        SayAsync(static (machine, _) => machine.Describe(), static error => new GroupDescription { Error = error });

    public Task<GroupSummary> Summarize() =>
        SayAsync(static (machine, _) => machine.Summarize(), error => new GroupSummary { GroupId = _key.GroupId, Error = error });

    public Task Tend() => TellAsync(static (machine, now) => machine.Expire(now));

    public Task ForgetTopics(string[] topics) => TellAsync((machine, now) => machine.ForgetTopics(topics, now));

    public Task Resign(LeaderEpoch epoch)
    {
        if (_live?.Epoch == epoch)
        {
            _live.End();
        }

        return Task.CompletedTask;
    }

    private async Task<T> AskAsync<T>(Func<ErrorCode, T> refuse, Action<GroupMachine, long, Moment> input)
    {
        var error = await OpenAsync();
        return error is ErrorCode.None ? await _live!.AskAsync(refuse, input) : refuse(error);
    }

    private async Task<T> SayAsync<T>(Func<GroupMachine, Moment, T> input, Func<ErrorCode, T> refuse)
    {
        var error = await OpenAsync();
        return error is ErrorCode.None ? _live!.Say(input) : refuse(error);
    }

    private async Task TellAsync(Action<GroupMachine, Moment> input)
    {
        if (await OpenAsync() is ErrorCode.None)
        {
            _live!.Tell(input);
        }
    }

    /// <summary>Makes sure that the group is live, under the leadership of now.</summary>
    private async ValueTask<ErrorCode> OpenAsync()
    {
        if (IsLive())
        {
            return ErrorCode.None;
        }

        _live?.End();
        if (_opening is null or { IsCompleted: true })
        {
            _opening = LoadAsync();
        }

        // Between loading and this turn the leadership may have ended again.
        var error = await _opening;
        return error is ErrorCode.None && !IsLive() ? ErrorCode.NotCoordinator : error;
    }

    private bool IsLive() =>
        _live is { IsOver: false } live
        && replicas.Find(_partition)?.Status is { IsLeader: true, LeaderEpoch: var epoch }
        && epoch == live.Epoch;

    private async Task<ErrorCode> LoadAsync()
    {
        if (metadata.Current.Topics.GetValueOrDefault(OffsetsTopic.Name) is not { } topic)
        {
            return ErrorCode.NotCoordinator;
        }

        var partition = OffsetsTopic.PartitionOf(_key.GroupId, topic.Partitions.Count);
        _partition = new TopicPartition(OffsetsTopic.Name, partition);
        _log = GrainFactory.GetGrain<IGroupPartitionGrain>(new GroupPartitionKey(partition, _key.Broker).ToString());
        var opened = await _log.Open(_key.GroupId);
        if (opened.Error is ErrorCode.None)
        {
            _live = new LiveGroup(_key.GroupId, opened, _log, configs.Settings, () => metadata.Current, _timer, metrics, time, logger);
        }

        return opened.Error;
    }

    private Task OnDeadline()
    {
        _timer.Fired();
        if (IsLive())
        {
            _live!.Tell(static (machine, now) => machine.Tick(now));
        }
        else
        {
            _live?.End();
        }

        return Task.CompletedTask;
    }
}
