using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;
using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Cluster.GrainStorage;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Topics;

/// <summary>
/// One topic's truth: takes a decision, writes it with its ETag, then tells the brokers. Of two activations only one can write.
/// </summary>
[GrainType("topic")]
internal sealed partial class TopicGrain(
    [PersistentState("topic")] IPersistentState<TopicState> storage,
    BrokerCalls brokers,
    IClusterMetadata metadata,
    ILogger<TopicGrain> logger) : Grain, ITopicGrain
{
    private IControllerGrain Controller => GrainFactory.GetGrain<IControllerGrain>(IControllerGrain.Key);

    public Task<TopicCommandResult> Describe(TopicId topic) =>
        Task.FromResult(TopicMachine.Unknown(storage.State, topic) is { } refusal ? Answer(refusal) : Answer(TopicDecision.Accept(storage.State)));

    public Task<TopicCommandResult> Create(TopicPlan plan, LivingBroker[] living) =>
        CommitAsync(TopicMachine.Create(storage.State, plan, new LivingBrokers(living)));

    public Task<TopicCommandResult> AddPartitions(TopicId topic, int currentCount, int[][] assignments, LivingBroker[] living) =>
        CommitAsync(TopicMachine.AddPartitions(storage.State, topic, currentCount, assignments, new LivingBrokers(living)));

    public Task<TopicCommandResult> AlterConfigs(TopicId topic, AlterConfigsCommand command)
    {
        var decision = TopicMachine.AlterConfigs(storage.State, topic, command);
        return command.ValidateOnly ? Task.FromResult(Answer(decision)) : CommitAsync(decision);
    }

    public Task<TopicCommandResult> Elect(ElectTopicCommand command) => CommitAsync(TopicMachine.Elect(storage.State, command));

    public async Task<ReassignTopicResult> Reassign(ReassignTopicCommand command)
    {
        var (decision, outcomes) = TopicMachine.Reassign(storage.State, command);
        var result = await CommitAsync(decision);
        return new ReassignTopicResult { Outcomes = outcomes, Topic = result.Topic };
    }

    public async Task ProposeInSync(InSyncProposal proposal)
    {
        var decision = TopicMachine.ChangeInSync(storage.State, proposal, Known());
        if (decision.Error != ErrorCode.None)
        {
            LogProposalRefused(logger, proposal.Partition, proposal.Leader.Value, decision.Message);
        }

        // A refused leader is told too: what it is told is what it was wrong about.
        var result = await CommitAsync(TopicDecision.Accept(decision.State));
        if (result.Topic is { } topic)
        {
            await Controller.TopicChanged(topic);
        }
    }

    public Task Resign(LeaderResignation resignation) => Controller.ResignLeader(this.GetPrimaryKeyString(), resignation);

    public async Task Delete(TopicId topic)
    {
        if (storage.State.Id == topic.Value && topic != TopicId.None)
        {
            await storage.ClearStateAsync();
        }

        DeactivateOnIdle();
    }

    private async Task<TopicCommandResult> CommitAsync(TopicDecision decision)
    {
        if (decision.Error != ErrorCode.None || decision.State.Id == Guid.Empty)
        {
            return Answer(decision);
        }

        var former = storage.State.Partitions;
        if (!ReferenceEquals(decision.State, storage.State))
        {
            await storage.WriteAsync(decision.State, this);
        }

        var answer = Answer(TopicDecision.Accept(storage.State));
        await brokers.TellAsync(answer.Topic!, former.SelectMany(partition => partition.Replicas));
        return answer;
    }

    private static TopicCommandResult Answer(TopicDecision decision) => new()
    {
        Error = decision.Error,
        ErrorMessage = decision.Message,
        Topic = decision.Error == ErrorCode.None && decision.State.Id != Guid.Empty ? TopicDescriptions.Of(decision.State) : null,
    };

    private LivingBrokers Known() => new(metadata.Current.Brokers.Values
        .Where(broker => broker.IsAlive)
        .Select(broker => new LivingBroker(broker.Id, broker.Epoch, CleanSince: broker.Epoch, broker.IsStopping)));

    [LoggerMessage(Level = LogLevel.Information, Message = "In-sync change of partition {Partition} by broker {Leader} refused: {Reason}")]
    private static partial void LogProposalRefused(ILogger logger, int partition, int leader, string? reason);
}
