using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;
using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Cluster.GrainStorage;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>
/// The controller: takes a decision, writes it, lets topic grains and brokers carry it out, then tells it in metadata. Whatever
/// a crash leaves undone is written down as undone, and is completed by the next activation and by a timer.
/// </summary>
[GrainType("controller")]
internal sealed partial class ControllerGrain(
    [PersistentState("controller")] IPersistentState<ControllerState> storage,
    ControllerRules rules,
    IBrokerMembership members,
    BrokerCalls brokers,
    ILocalSiloDetails silo,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<ControllerGrain> logger) : Grain, IControllerGrain
{
    /// <summary>An activation that has to end, e.g. because it was the second one, first waits for those who tail it.</summary>
    private static readonly TimeSpan _tailTimeout = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan _retryPeriod = TimeSpan.FromSeconds(15);

    /// <summary>How long a term that is over can go unnoticed, and a topic that did not answer stay unknown.</summary>
    private static readonly TimeSpan _lookPeriod = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _ending = new();
    private ControllerTerm _term = null!;
    private TopicCalls _topics = null!;
    private Elections _elections = null!;
    private TopicCommands _topicCommands = null!;
    private PartitionCommands _partitionCommands = null!;
    private BrokerLifecycle _brokerLifecycle = null!;
    private OffsetsTopicGrowth _offsetsTopicGrowth = null!;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var begun = ControllerMachine.Begin(storage.State, rules);
        await storage.WriteAsync(begun, this);
        _term = new ControllerTerm(new ControllerMachine(begun, BrokerSilos.BrokerOf(silo.Name), rules), storage, members, this);
        _topics = new TopicCalls(GrainFactory, _term, rules, brokers, time, logger);
        _elections = new Elections(_term, _topics, time, logger);
        _topicCommands = new TopicCommands(_term, _topics);
        _partitionCommands = new PartitionCommands(_term, _topics);
        _brokerLifecycle = new BrokerLifecycle(_term, _topics, _elections, logger);
        _offsetsTopicGrowth = new OffsetsTopicGrowth(_term, _topics, rules.OffsetsTopicReplicationFactor);
        LogTerm(logger, begun.Term);
        _term.Machine.PublishBrokers(_term.Living());
        _term.Machine.PublishGroupConfigs();
        await _topics.LoadAsync();
        await _elections.HoldAsync();
        this.RegisterGrainTimer(CompleteUnfinishedAsync, _retryPeriod, _retryPeriod);
        this.RegisterGrainTimer(LookAsync, _lookPeriod, _lookPeriod);
        if (rules.IsLeaderRebalanceEnabled)
        {
            this.RegisterGrainTimer(
                () => _partitionCommands.BalanceAsync(rules.LeaderImbalancePercentage), rules.LeaderImbalanceCheckInterval, rules.LeaderImbalanceCheckInterval);
        }

        _ = WatchMembersAsync(_ending.Token);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        await _ending.CancelAsync();

    public Task<RegisterBrokerResult> RegisterBroker(RegisterBrokerCommand command) => _brokerLifecycle.RegisterAsync(command);

    public Task<AnnounceReadyResult> AnnounceReady(AnnounceReadyCommand command) => _brokerLifecycle.AnnounceReadyAsync(command);

    public Task<BeginShutdownResult> BeginShutdown(BeginShutdownCommand command) => _brokerLifecycle.BeginShutdownAsync(command);

    public Task<TopicCommandResult> UnregisterBroker(UnregisterBrokerCommand command) => _brokerLifecycle.UnregisterAsync(command);

    public Task<TopicCommandResult> CreateTopic(CreateTopicCommand command) => _topicCommands.CreateTopicAsync(command);

    public Task<TopicCommandResult> DeleteTopic(DeleteTopicCommand command) => _topicCommands.DeleteTopicAsync(command);

    public Task<TopicCommandResult> CreatePartitions(CreatePartitionsCommand command) => _topicCommands.CreatePartitionsAsync(command);

    public async Task<TopicCommandResult> AlterConfigs(AlterConfigsCommand command)
    {
        var result = await _topicCommands.AlterConfigsAsync(command);
        await _elections.HoldAnewAsync();
        return result;
    }

    public Task<PartitionCommandResult> AlterReassignments(AlterReassignmentsCommand command) =>
        _partitionCommands.AlterReassignmentsAsync(command);

    public Task<PartitionCommandResult> ElectLeaders(ElectLeadersCommand command) => _partitionCommands.ElectLeadersAsync(command);

    public async Task<MetadataUpdate> Tail(long afterVersion)
    {
        await _term.WaitForNewsAsync(afterVersion, _tailTimeout, time, lifetime.ApplicationStopping);
        return _term.News(afterVersion);
    }

    public async Task TopicChanged(TopicDescription topic)
    {
        _term.Machine.PublishTopic(topic);
        _term.Publish();
        if (ElectionNeeds.Of(topic, _term.Living()))
        {
            await _elections.HoldAsync();
        }
    }

    public Task ResignLeader(string topic, LeaderResignation resignation)
    {
        LogResigned(logger, topic, resignation.Partition, resignation.Leader.Value, resignation.Reason);
        return _partitionCommands.ReplaceAsync(topic, resignation);
    }

    /// <summary>Runs on the activation's scheduler beside its requests: a death is acted on at once.</summary>
    private async Task WatchMembersAsync(CancellationToken ending)
    {
        try
        {
            await foreach (var _ in members.Changes.WithCancellation(ending))
            {
                await _elections.HoldAsync();
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The activation ends.
        }
        catch (Exception exception)
        {
            LogWatchFailed(logger, exception);
            DeactivateOnIdle();
        }
    }

    private async Task LookAsync()
    {
        await _term.VerifyAsync();
        await _topics.DescribeUnknownAsync();
        await _elections.HoldAsync();
        await _offsetsTopicGrowth.LookAsync();
    }

    private async Task CompleteUnfinishedAsync()
    {
        await _topics.CompleteCreationsAsync();
        await _topics.CompleteDeletionsAsync();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Controller of term {Term} begins")]
    private static partial void LogTerm(ILogger logger, int term);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Broker {Leader} cannot go on leading {Topic}-{Partition}: {Reason}")]
    private static partial void LogResigned(ILogger logger, string topic, int partition, int leader, Records.Errors.ErrorCode reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Members can no longer be watched; another controller begins")]
    private static partial void LogWatchFailed(ILogger logger, Exception exception);
}
