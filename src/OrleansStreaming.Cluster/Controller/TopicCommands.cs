using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>The controller's commands about topics and configs: decide, write, carry out, publish. For the turns of its grain.</summary>
internal sealed class TopicCommands(ControllerTerm term, TopicCalls topics)
{
    public async Task<TopicCommandResult> CreateTopicAsync(CreateTopicCommand command)
    {
        var decision = term.Machine.CreateTopic(command, term.Living());
        if (decision.Error != ErrorCode.None)
        {
            return decision.ToRefusal();
        }

        var plan = decision.Plan!;
        if (command.ValidateOnly)
        {
            return term.Published(new TopicCommandResult { Topic = TopicPreviews.Of(plan, term.Living()) });
        }

        await term.SaveAsync(decision.State);
        var created = await topics.CreateAsync(plan);
        if (created.Error == ErrorCode.TopicAlreadyExists)
        {
            await topics.CompleteCreationsAsync();
            created = term.Machine.Metadata.Find(plan.Id) is { } topic ? new TopicCommandResult { Topic = topic } : created;
        }

        return term.Published(created);
    }

    public async Task<TopicCommandResult> DeleteTopicAsync(DeleteTopicCommand command)
    {
        var decision = term.Machine.DeleteTopic(command);
        if (decision.Error != ErrorCode.None)
        {
            return decision.ToRefusal();
        }

        var deleted = decision.State.Deletions.Keys.Except(term.State.Deletions.Keys).Single();
        await term.SaveAsync(decision.State);
        term.Machine.PublishDeletion(deleted);
        term.Publish();
        await topics.CompleteDeletionsAsync();
        return term.Published(new TopicCommandResult());
    }

    public async Task<TopicCommandResult> CreatePartitionsAsync(CreatePartitionsCommand command)
    {
        var growth = term.Machine.AddPartitions(command, term.Living());
        if (growth.Error != ErrorCode.None)
        {
            return TopicCommandResult.Refused(growth.Error, growth.Message!);
        }

        return term.Published(command.ValidateOnly
            ? new TopicCommandResult { Topic = TopicPreviews.Of(growth, term.Living()) }
            : await topics.AddPartitionsAsync(growth));
    }

    public async Task<TopicCommandResult> AlterConfigsAsync(AlterConfigsCommand command)
    {
        switch (command.ResourceType)
        {
            case ConfigResourceType.Topic:
                return term.Published(await topics.AlterConfigsAsync(command));
            case ConfigResourceType.Broker:
                return await AlterAsync(command, term.Machine.AlterBrokerConfigs(command), term.PublishBrokers);
            case ConfigResourceType.Group:
                return await AlterAsync(command, term.Machine.AlterGroupConfigs(command), term.Machine.PublishGroupConfigs);
            default:
                return TopicCommandResult.Refused(ErrorCode.InvalidRequest, $"Configs of {command.ResourceType} resources cannot be altered.");
        }
    }

    private async Task<TopicCommandResult> AlterAsync(AlterConfigsCommand command, ControllerDecision decision, Action publish)
    {
        if (decision.Error != ErrorCode.None)
        {
            return decision.ToRefusal();
        }

        if (!command.ValidateOnly)
        {
            await term.SaveAsync(decision.State);
            publish();
        }

        return term.Published(new TopicCommandResult());
    }
}
