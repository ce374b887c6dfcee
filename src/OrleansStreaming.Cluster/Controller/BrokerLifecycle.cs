using Microsoft.Extensions.Logging;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>How brokers join, become ready, leave and are forgotten. For the turns of the controller grain.</summary>
internal sealed partial class BrokerLifecycle(ControllerTerm term, TopicCalls topics, Elections elections, ILogger logger)
{
    public async Task<RegisterBrokerResult> RegisterAsync(RegisterBrokerCommand command)
    {
        var members = await term.ReadMembersAsync();
        var (state, refusal) = term.Machine.Register(command, members);
        if (refusal is not null)
        {
            LogRegistrationRefused(logger, command.Broker.Id.Value, refusal.Reason);
            return new RegisterBrokerResult { Refusal = refusal.Reason, MayPass = refusal.MayPass };
        }

        // Its former process is gone; its partitions need not wait until the new one is ready.
        await term.SaveAsync(state);
        term.PublishBrokers();
        await elections.HoldAsync();
        return new RegisterBrokerResult
        {
            ClusterId = state.ClusterId,
            MetadataVersion = term.Publish(),
            DeletedTopics = BrokerRegistry.DeletedTopicsOn(term.State, command.Broker.Id),
            BrokerEpoch = term.State.Brokers[command.Broker.Id.Value].Epoch,
        };
    }

    public async Task<AnnounceReadyResult> AnnounceReadyAsync(AnnounceReadyCommand command)
    {
        var decision = term.Machine.AnnounceReady(command);
        if (decision.Error != ErrorCode.None)
        {
            return new AnnounceReadyResult { Error = decision.Error };
        }

        await term.SaveAsync(decision.State);
        term.PublishBrokers();
        await elections.HoldAsync();
        await topics.CompleteDeletionsAsync();
        return new AnnounceReadyResult { MetadataVersion = term.Publish() };
    }

    public async Task<BeginShutdownResult> BeginShutdownAsync(BeginShutdownCommand command)
    {
        var decision = term.Machine.BeginShutdown(command);
        if (decision.Error != ErrorCode.None)
        {
            return new BeginShutdownResult { Error = decision.Error };
        }

        await term.SaveAsync(decision.State);
        term.PublishBrokers();
        await elections.HoldAsync();
        return new BeginShutdownResult
        {
            RemainingLeaders = term.Machine.Metadata.Topics.Sum(topic => topic.Partitions.Count(partition => partition.Leader == command.Broker)),
            MetadataVersion = term.Publish(),
        };
    }

    public async Task<TopicCommandResult> UnregisterAsync(UnregisterBrokerCommand command)
    {
        var decision = term.Machine.Unregister(command, term.Living());
        if (decision.Error != ErrorCode.None)
        {
            return decision.ToRefusal();
        }

        await term.SaveAsync(decision.State);
        term.PublishBrokers();
        return term.Published(new TopicCommandResult());
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Broker {Broker} was not registered: {Reason}")]
    private static partial void LogRegistrationRefused(ILogger logger, int broker, string reason);
}
