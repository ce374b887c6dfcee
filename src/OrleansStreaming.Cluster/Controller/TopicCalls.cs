using Microsoft.Extensions.Logging;
using Orleans;
using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Cluster.Topics;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>
/// Carries out through topic grains what the controller has written, and publishes what they answer. Every step may be repeated.
/// For the turns of the controller grain.
/// </summary>
internal sealed partial class TopicCalls(IGrainFactory grains, ControllerMachine machine, BrokerCalls brokers, ILogger logger)
{
    /// <summary>Topic grains called at once: enough to hide the disk's latency, few enough not to flood the silo.</summary>
    private const int Parallelism = 32;

    private readonly HashSet<(string Name, TopicId Topic, BrokerId Started)> _elections = [];

    /// <summary>The topic as a plan would make it.</summary>
    public static TopicDescription Preview(TopicPlan plan, LivingBrokers living) =>
        TopicDescriptions.Of(TopicMachine.Create(new TopicState(), plan, living).State);

    /// <summary>The topic as it would be with more partitions.</summary>
    public static TopicDescription Preview(PartitionGrowth growth, LivingBrokers living) => new()
    {
        Name = growth.Topic!.Name,
        Id = growth.Topic.Id,
        IsInternal = growth.Topic.IsInternal,
        Version = growth.Topic.Version,
        Configs = growth.Topic.Configs,
        Partitions = growth.Topic.Partitions
            .Concat(growth.Assignments.Select((replicas, index) =>
                TopicDescriptions.Of(PartitionElection.Create(replicas, living), growth.Topic.Partitions.Count + index)))
            .ToArray(),
    };

    /// <summary>Learns all topics from their grains and completes creations that a crash cut short.</summary>
    public async Task LoadAsync(LivingBrokers living)
    {
        await CompleteCreationsAsync(living);
        await InParallelAsync(
            machine.State.Topics.Where(topic => topic.Value.Plan is null).ToArray(),
            topic => PublishAsync(topic.Key, grain => grain.Describe(new TopicId(topic.Value.Id))));
    }

    public Task CompleteCreationsAsync(LivingBrokers living) => InParallelAsync(
        machine.State.Topics.Values.Where(topic => topic.Plan is not null).Select(topic => topic.Plan!).ToArray(),
        plan => CreateAsync(plan, living));

    public async Task<TopicCommandResult> CreateAsync(TopicPlan plan, LivingBrokers living)
    {
        var result = await PublishAsync(plan.Name, grain => grain.Create(plan, living.ToArray()));
        if (result.Error == ErrorCode.None)
        {
            machine.CompleteCreation(plan.Name);
        }

        return result;
    }

    public Task<TopicCommandResult> AddPartitionsAsync(PartitionGrowth growth, LivingBrokers living)
    {
        var topic = growth.Topic!;
        return PublishAsync(topic.Name, grain => grain.AddPartitions(topic.Id, topic.Partitions.Count, growth.Assignments, living.ToArray()));
    }

    public async Task<TopicCommandResult> AlterConfigsAsync(AlterConfigsCommand command)
    {
        if (!machine.State.Topics.TryGetValue(command.ResourceName, out var entry))
        {
            return TopicCommandResult.Refused(ErrorCode.UnknownTopicOrPartition, $"There is no topic '{command.ResourceName}'.");
        }

        var grain = Topic(command.ResourceName);
        var topic = new TopicId(entry.Id);
        return command.ValidateOnly
            ? await grain.AlterConfigs(topic, command)
            : await PublishAsync(command.ResourceName, target => target.AlterConfigs(topic, command));
    }

    /// <summary>Elections in every topic with a replica on a broker that has come up.</summary>
    public Task ElectAsync(BrokerId started, LivingBrokers living)
    {
        foreach (var topic in machine.TopicsOn(started))
        {
            _elections.Add((topic.Name, topic.Id, started));
        }

        return CompleteElectionsAsync(living);
    }

    /// <summary>Holds the elections that are still due.</summary>
    public Task CompleteElectionsAsync(LivingBrokers living) => InParallelAsync(_elections.ToArray(), async election =>
    {
        await PublishAsync(election.Name, grain => grain.Elect(new ElectTopicCommand { TopicId = election.Topic, Living = living.ToArray() }));
        _elections.Remove(election);
    });

    /// <summary>Makes topic grains and living brokers forget what was deleted; who cannot be reached stays on the list.</summary>
    public Task CompleteDeletionsAsync(LivingBrokers living) => InParallelAsync(machine.State.Deletions.ToArray(), async deletion =>
    {
        var topic = new TopicId(deletion.Key);
        if (!deletion.Value.IsForgotten)
        {
            await Topic(deletion.Value.Name).Delete(topic);
        }

        var dropped = await brokers.DropAsync(topic, deletion.Value.PendingBrokers.Where(living.Contains));
        machine.CompleteDeletion(topic, isForgotten: true, dropped);
    });

    private async Task<TopicCommandResult> PublishAsync(string name, Func<ITopicGrain, Task<TopicCommandResult>> call)
    {
        var result = await call(Topic(name));
        if (result.Topic is { } topic)
        {
            machine.PublishTopic(topic);
        }

        return result;
    }

    private async Task InParallelAsync<T>(IEnumerable<T> items, Func<T, Task> action)
    {
        foreach (var chunk in items.Chunk(Parallelism))
        {
            await Task.WhenAll(chunk.Select(TryAsync));
        }

        async Task TryAsync(T item)
        {
            try
            {
                await action(item);
            }
            catch (Exception exception)
            {
                LogUnfinished(logger, exception);
            }
        }
    }

    private ITopicGrain Topic(string name) => grains.GetGrain<ITopicGrain>(name);

    [LoggerMessage(Level = LogLevel.Error, Message = "A topic could not be brought to its decided state; it is tried again")]
    private static partial void LogUnfinished(ILogger logger, Exception exception);
}
