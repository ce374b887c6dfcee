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
    ILogger<TopicGrain> logger) : Grain, ITopicGrain
{
    public Task<TopicCommandResult> Describe(TopicId topic) =>
        Task.FromResult(TopicMachine.Unknown(storage.State, topic) is { } refusal ? Answer(refusal) : Answer(TopicDecision.Accept(storage.State)));

    public Task<TopicCommandResult> Create(TopicPlan plan, BrokerId[] aliveBrokers) =>
        CommitAsync(TopicMachine.Create(storage.State, plan, Ids(aliveBrokers)));

    public Task<TopicCommandResult> AddPartitions(TopicId topic, int currentCount, int[][] assignments, BrokerId[] aliveBrokers) =>
        CommitAsync(TopicMachine.AddPartitions(storage.State, topic, currentCount, assignments, Ids(aliveBrokers)));

    public Task<TopicCommandResult> AlterConfigs(TopicId topic, AlterConfigsCommand command)
    {
        var decision = TopicMachine.AlterConfigs(storage.State, topic, command);
        return command.ValidateOnly ? Task.FromResult(Answer(decision)) : CommitAsync(decision);
    }

    public Task<TopicCommandResult> Elect(TopicId topic, BrokerId started, BrokerId[] aliveBrokers) =>
        CommitAsync(TopicMachine.Elect(storage.State, topic, started, Ids(aliveBrokers)));

    public async Task ProposeInSync(InSyncProposal proposal)
    {
        var decision = TopicMachine.ChangeInSync(storage.State, proposal);
        if (decision.Error != ErrorCode.None)
        {
            LogProposalRefused(logger, proposal.Partition, proposal.Leader.Value, decision.Message);
        }

        // A refused leader is told too: what it is told is what it was wrong about.
        var result = await CommitAsync(TopicDecision.Accept(decision.State));
        if (result.Topic is { } topic)
        {
            await GrainFactory.GetGrain<IControllerGrain>(IControllerGrain.Key).TopicChanged(topic);
        }
    }

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

        if (!ReferenceEquals(decision.State, storage.State))
        {
            await storage.WriteAsync(decision.State, this);
        }

        var answer = Answer(TopicDecision.Accept(storage.State));
        await brokers.TellAsync(answer.Topic!);
        return answer;
    }

    private static TopicCommandResult Answer(TopicDecision decision) => new()
    {
        Error = decision.Error,
        ErrorMessage = decision.Message,
        Topic = decision.Error == ErrorCode.None && decision.State.Id != Guid.Empty ? TopicDescriptions.Of(decision.State) : null,
    };

    private static HashSet<int> Ids(BrokerId[] brokers) => [.. brokers.Select(broker => broker.Value)];

    [LoggerMessage(Level = LogLevel.Information, Message = "In-sync change of partition {Partition} by broker {Leader} refused: {Reason}")]
    private static partial void LogProposalRefused(ILogger logger, int partition, int leader, string? reason);
}
