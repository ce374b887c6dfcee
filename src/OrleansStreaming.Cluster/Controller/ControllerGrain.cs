using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;
using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Cluster.GrainStorage;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>
/// The controller: takes a decision, writes it, lets topic grains and brokers carry it out, then tells it in metadata. Whatever
/// a crash leaves undone is written down as undone, and is completed by the next activation and by a timer.
/// </summary>
[GrainType("controller")]
internal sealed partial class ControllerGrain(
    [PersistentState("controller")] IPersistentState<ControllerState> storage,
    ControllerRules rules,
    LiveBrokers liveBrokers,
    BrokerCalls brokers,
    ILocalSiloDetails silo,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<ControllerGrain> logger) : Grain, IControllerGrain
{
    private static readonly TimeSpan _tailTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _retryPeriod = TimeSpan.FromSeconds(15);

    private readonly MetadataSignal _published = new();
    private ControllerMachine _machine = null!;
    private TopicCalls _topics = null!;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var begun = ControllerMachine.Begin(storage.State, rules);
        await storage.WriteAsync(begun, this);
        _machine = new ControllerMachine(begun, BrokerSilos.BrokerOf(silo.Name), rules);
        _topics = new TopicCalls(GrainFactory, _machine, brokers, logger);
        await _topics.LoadAsync(Alive());
        _machine.PublishBrokers(Alive());
        this.RegisterGrainTimer(CompleteUnfinishedAsync, _retryPeriod, _retryPeriod);
    }

    public async Task<RegisterBrokerResult> RegisterBroker(RegisterBrokerCommand command)
    {
        var (state, refusal) = _machine.Register(command);
        if (refusal is not null)
        {
            LogRegistrationRefused(logger, command.Broker.Id.Value, refusal);
            return new RegisterBrokerResult { Refusal = refusal };
        }

        await SaveAsync(state);
        _machine.PublishBrokers(Alive());
        return new RegisterBrokerResult
        {
            ClusterId = state.ClusterId,
            MetadataVersion = Publish(),
            BrokerEpoch = state.Brokers[command.Broker.Id.Value].Epoch,
            DeletedTopics = BrokerRegistry.DeletedTopicsOn(state, command.Broker.Id),
        };
    }

    public async Task<AnnounceReadyResult> AnnounceReady(AnnounceReadyCommand command)
    {
        var decision = _machine.AnnounceReady(command);
        if (decision.Error != ErrorCode.None)
        {
            return new AnnounceReadyResult { Error = decision.Error };
        }

        await SaveAsync(decision.State);
        await _topics.ElectAsync(command.Broker, Alive());
        await _topics.CompleteDeletionsAsync(Alive());
        _machine.PublishBrokers(Alive());
        return new AnnounceReadyResult { MetadataVersion = Publish() };
    }

    public async Task<TopicCommandResult> CreateTopic(CreateTopicCommand command)
    {
        var decision = _machine.CreateTopic(command, Alive());
        if (decision.Error != ErrorCode.None)
        {
            return decision.ToRefusal();
        }

        var plan = decision.Plan!;
        if (command.ValidateOnly)
        {
            return Published(new TopicCommandResult { Topic = TopicCalls.Preview(plan, Alive()) });
        }

        await SaveAsync(decision.State);
        return Published(await _topics.CreateAsync(plan, Alive()));
    }

    public async Task<TopicCommandResult> DeleteTopic(DeleteTopicCommand command)
    {
        var decision = _machine.DeleteTopic(command);
        if (decision.Error != ErrorCode.None)
        {
            return decision.ToRefusal();
        }

        var deleted = decision.State.Deletions.Keys.Except(_machine.State.Deletions.Keys).Single();
        await SaveAsync(decision.State);
        _machine.PublishDeletion(deleted);
        Publish();
        await _topics.CompleteDeletionsAsync(Alive());
        return Published(new TopicCommandResult());
    }

    public async Task<TopicCommandResult> CreatePartitions(CreatePartitionsCommand command)
    {
        var growth = _machine.AddPartitions(command, Alive());
        if (growth.Error != ErrorCode.None)
        {
            return TopicCommandResult.Refused(growth.Error, growth.Message!);
        }

        return Published(command.ValidateOnly
            ? new TopicCommandResult { Topic = TopicCalls.Preview(growth, Alive()) }
            : await _topics.AddPartitionsAsync(growth, Alive()));
    }

    public async Task<TopicCommandResult> AlterConfigs(AlterConfigsCommand command)
    {
        switch (command.ResourceType)
        {
            case ConfigResourceType.Topic:
                return Published(await _topics.AlterConfigsAsync(command));
            case ConfigResourceType.Broker:
                var decision = _machine.AlterBrokerConfigs(command);
                if (decision.Error != ErrorCode.None)
                {
                    return decision.ToRefusal();
                }

                if (!command.ValidateOnly)
                {
                    await SaveAsync(decision.State);
                    _machine.PublishBrokers(Alive());
                }

                return Published(new TopicCommandResult());
            default:
                return TopicCommandResult.Refused(ErrorCode.InvalidRequest, $"Configs of {command.ResourceType} resources cannot be altered.");
        }
    }

    public Task<PartitionCommandResult> AlterReassignments(AlterReassignmentsCommand command) => throw new NotSupportedException();

    public Task<PartitionCommandResult> ElectLeaders(ElectLeadersCommand command) => throw new NotSupportedException();

    public Task<BeginShutdownResult> BeginShutdown(BeginShutdownCommand command) => throw new NotSupportedException();

    public Task<TopicCommandResult> UnregisterBroker(UnregisterBrokerCommand command) => throw new NotSupportedException();

    public async Task<MetadataUpdate> Tail(long afterVersion)
    {
        if (afterVersion == _machine.Metadata.Version)
        {
            await _published.WaitAsync(_tailTimeout, time, lifetime.ApplicationStopping);
        }

        return _machine.Metadata.Since(afterVersion);
    }

    public Task TopicChanged(TopicDescription topic)
    {
        _machine.PublishTopic(topic);
        return Task.FromResult(Publish());
    }

    public Task ResignLeader(string topic, LeaderResignation resignation) => throw new NotSupportedException();

    private async Task CompleteUnfinishedAsync()
    {
        await _topics.CompleteCreationsAsync(Alive());
        await _topics.CompleteElectionsAsync(Alive());
        await _topics.CompleteDeletionsAsync(Alive());
        _machine.RefreshBrokers(Alive());
        Publish();
    }

    private LivingBrokers Alive() => liveBrokers.Of(_machine.State);

    private TopicCommandResult Published(TopicCommandResult result) => result.Error != ErrorCode.None
        ? result
        : new TopicCommandResult { Topic = result.Topic, MetadataVersion = Publish() };

    private long Publish()
    {
        _published.Set(_machine.Metadata.Version);
        return _machine.Metadata.Version;
    }

    private async Task SaveAsync(ControllerState state)
    {
        if (!ReferenceEquals(state, _machine.State))
        {
            await storage.WriteAsync(state, this);
            _machine.Adopt(state);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Broker {Broker} was not registered: {Reason}")]
    private static partial void LogRegistrationRefused(ILogger logger, int broker, string reason);
}
