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
    TimeProvider time,
    ILogger<TopicGrain> logger) : Grain, ITopicGrain
{
    private readonly EndsInquiry _inquiry = new(brokers, time);

    private IControllerGrain Controller => GrainFactory.GetGrain<IControllerGrain>(IControllerGrain.Key);

    public async Task<TopicCommandResult> Describe(TopicId topic) =>
        Answer(await DecideAsync(state => TopicMachine.Unknown(state, topic) ?? TopicDecision.Accept(state)));

    public async Task<TopicCommandResult> Create(TopicPlan plan, LivingBroker[] living)
    {
        await RefreshAsync();
        var decision = TopicMachine.Create(storage.State, plan, new LivingBrokers(living));
        return decision.Error == ErrorCode.None
            ? await CommitAsync(decision)
            : new TopicCommandResult { Error = decision.Error, ErrorMessage = decision.Message, Topic = TopicDescriptions.Of(storage.State) };
    }

    public async Task<TopicCommandResult> AddPartitions(TopicId topic, int currentCount, int[][] assignments, LivingBroker[] living) =>
        await CommitAsync(await DecideAsync(state => TopicMachine.AddPartitions(state, topic, currentCount, assignments, new LivingBrokers(living))));

    public async Task<TopicCommandResult> AlterConfigs(TopicId topic, AlterConfigsCommand command)
    {
        var decision = await DecideAsync(state => TopicMachine.AlterConfigs(state, topic, command));
        return command.ValidateOnly ? Answer(decision) : await CommitAsync(decision);
    }

    public async Task<TopicCommandResult> Elect(ElectTopicCommand command)
    {
        await RefreshAsync();
        if (TopicMachine.WhomToAsk(storage.State, command) is not { Length: > 0 } asked)
        {
            return await CommitAsync(TopicMachine.Elect(storage.State, command));
        }

        var ends = await _inquiry.AskAsync(command.TopicId, asked, new LivingBrokers(command.Living));
        var isUnsettled = TopicMachine.WhomToAsk(storage.State, command, ends).Length > 0;
        LogMayLose(logger, storage.State.Name, string.Join(' ', asked), isUnsettled);
        var result = await CommitAsync(TopicMachine.Elect(storage.State, command, ends));
        return new TopicCommandResult { Error = result.Error, ErrorMessage = result.ErrorMessage, Topic = result.Topic, IsUnsettled = isUnsettled };
    }

    public async Task<ReassignTopicResult> Reassign(ReassignTopicCommand command)
    {
        await RefreshAsync();
        var (decision, outcomes) = TopicMachine.Reassign(storage.State, command);
        var result = await CommitAsync(decision);
        return new ReassignTopicResult { Outcomes = outcomes, Topic = result.Topic };
    }

    public async Task ProposeInSync(InSyncProposal[] proposals)
    {
        var known = Known();
        var (state, refusals) = Decide(proposals, known);
        if (refusals.Count > 0)
        {
            await RefreshAsync();
            (state, refusals) = Decide(proposals, known);
        }

        foreach (var (proposal, reason) in refusals)
        {
            LogProposalRefused(logger, proposal.Partition, proposal.Leader.Value, reason);
        }

        // A refused leader is told too: what it is told is what it was wrong about.
        var result = await CommitAsync(TopicDecision.Accept(state));
        if (result.Topic is { } topic)
        {
            await Controller.TopicChanged(topic);
        }
    }

    public Task Resign(LeaderResignation resignation) => Controller.ResignLeader(this.GetPrimaryKeyString(), resignation);

    public async Task Delete(TopicId topic)
    {
        // An activation that knows nothing of the topic, or has not heard of it yet, would say that it is gone.
        await RefreshAsync();
        if (storage.State.Id == topic.Value && topic != TopicId.None)
        {
            await storage.ClearStateAsync();
        }

        DeactivateOnIdle();
    }

    /// <summary>
    /// Another activation may have written. One that does not know it would refuse and leave things as they are, which writes
    /// nothing, so that no ETag would ever tell it; and what it then tells brokers may be of a topic that is gone.
    /// </summary>
    private Task RefreshAsync() => storage.ReadStateAsync();

    /// <summary>A decision that is not a refusal, or not because of an old state.</summary>
    private async Task<TopicDecision> DecideAsync(Func<TopicState, TopicDecision> decide)
    {
        var decision = decide(storage.State);
        if (decision.Error == ErrorCode.None)
        {
            return decision;
        }

        await RefreshAsync();
        return decide(storage.State);
    }

    private (TopicState State, List<(InSyncProposal Proposal, string? Reason)> Refusals) Decide(InSyncProposal[] proposals, LivingBrokers known)
    {
        var state = storage.State;
        var refusals = new List<(InSyncProposal, string?)>();
        foreach (var proposal in proposals)
        {
            var decision = TopicMachine.ChangeInSync(state, proposal, known);
            state = decision.State;
            if (decision.Error != ErrorCode.None)
            {
                refusals.Add((proposal, decision.Message));
            }
        }

        return (state, refusals);
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Topic {Topic}: all in-sync replicas of a partition may have lost records; of brokers {Asked} the one that holds most is to lead; somebody still has to answer: {IsUnsettled}")]
    private static partial void LogMayLose(ILogger logger, string topic, string asked, bool isUnsettled);

    [LoggerMessage(Level = LogLevel.Information, Message = "In-sync change of partition {Partition} by broker {Leader} refused: {Reason}")]
    private static partial void LogProposalRefused(ILogger logger, int partition, int leader, string? reason);
}
