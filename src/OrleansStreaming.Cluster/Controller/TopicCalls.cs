using Microsoft.Extensions.Logging;
using Orleans;
using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>
/// Carries out through topic grains what the controller has decided, and publishes what they answer. Every step may be repeated.
/// For the turns of the controller grain.
/// </summary>
internal sealed partial class TopicCalls(
    IGrainFactory grains, ControllerTerm term, ControllerRules rules, BrokerCalls brokers, TimeProvider time, ILogger logger)
{
    /// <summary>A topic grain that died with its silo is found elsewhere about as soon as the death is known.</summary>
    public static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);

    /// <summary>How often a topic is asked before the cluster goes on without it, a few seconds in all.</summary>
    public const int MaxAttempts = 60;

    /// <summary>Topic grains called at once: enough to hide the disk's latency, few enough not to flood the silo.</summary>
    private const int Parallelism = 64;

    /// <summary>Topics answered for between two announcements of new metadata.</summary>
    private const int PublishEvery = 64;

    /// <summary>Topics whose grain failed to answer, so that nobody knows what it did.</summary>
    private readonly HashSet<string> _unknown = [];

    /// <summary>Topics whose last election waits for an answer.</summary>
    private readonly HashSet<string> _unsettled = [];

    /// <summary>Deleted topics that were found under the names of new ones.</summary>
    private readonly List<TopicDescription> _revenants = [];

    /// <summary>Learns all topics from their grains and completes creations that a crash cut short.</summary>
    public async Task LoadAsync()
    {
        await CompleteCreationsAsync();
        await DescribeAsync(term.State.Topics.Where(topic => topic.Value.Plan is null).Select(topic => topic.Key).ToArray());

        // A topic missing in the first metadata would look deleted to clients.
        for (var attempt = 1; _unknown.Count > 0 && attempt < MaxAttempts; attempt++)
        {
            await Task.Delay(RetryDelay, time);
            await DescribeUnknownAsync();
        }
    }

    /// <summary>Whether its grain failed to answer the last call.</summary>
    public bool IsUnknown(string topic) => _unknown.Contains(topic);

    /// <summary>Whether its last election is to be held again soon.</summary>
    public bool IsUnsettled(string topic) => _unsettled.Contains(topic);

    /// <summary>Asks those again who did not answer.</summary>
    public Task DescribeUnknownAsync() => DescribeAsync(_unknown.ToArray());

    /// <summary>Creates what is planned; what stands in its way though it was deleted is deleted again.</summary>
    public async Task CompleteCreationsAsync()
    {
        await CreatePlannedAsync();
        if (_revenants.Count > 0)
        {
            var state = _revenants.Aggregate(term.State, TopicDeletions.Declare);
            _revenants.Clear();
            await term.SaveAsync(state);
            await CompleteDeletionsAsync();
            await CreatePlannedAsync();
        }
    }

    public async Task<TopicCommandResult> CreateAsync(TopicPlan plan)
    {
        var result = await PublishAsync(plan.Name, grain => grain.Create(plan, term.Living().ToArray()));
        if (result.Error == ErrorCode.None)
        {
            term.Machine.CompleteCreation(plan.Name);
        }
        else if (result is { Error: ErrorCode.TopicAlreadyExists, Topic: { } revenant })
        {
            _revenants.Add(revenant);
        }

        return result;
    }

    public Task<TopicCommandResult> AddPartitionsAsync(PartitionGrowth growth)
    {
        var topic = growth.Topic!;
        return PublishAsync(
            topic.Name, grain => grain.AddPartitions(topic.Id, topic.Partitions.Count, growth.Assignments, term.Living().ToArray()));
    }

    public async Task<TopicCommandResult> AlterConfigsAsync(AlterConfigsCommand command)
    {
        if (!term.State.Topics.TryGetValue(command.ResourceName, out var entry))
        {
            return TopicCommandResult.Refused(ErrorCode.UnknownTopicOrPartition, $"There is no topic '{command.ResourceName}'.");
        }

        var topic = new TopicId(entry.Id);
        return command.ValidateOnly
            ? await Topic(command.ResourceName).AlterConfigs(topic, command)
            : await PublishAsync(command.ResourceName, grain => grain.AlterConfigs(topic, command));
    }

    /// <summary>Holds elections, many topics at a time; one that fails is looked at again.</summary>
    public Task ElectAsync(IEnumerable<TopicElection> elections, LivingBrokers living)
    {
        var isUncleanAllowed = rules.IsUncleanAllowed(term.State);
        var everybody = living.ToArray();
        return InParallelAsync(elections.ToArray(), async election =>
        {
            _unsettled.Remove(election.Topic.Name);
            var result = await PublishAsync(election.Topic.Name, grain => grain.Elect(new ElectTopicCommand
            {
                TopicId = election.Topic.Id,
                Living = everybody,
                Kind = election.Kind,
                Partitions = election.Partitions,
                Resignation = election.Resignation,
                IsUncleanAllowedByDefault = isUncleanAllowed,
                ControllerTerm = term.State.Term,
            }));
            if (result.IsUnsettled)
            {
                _unsettled.Add(election.Topic.Name);
            }
        });
    }

    /// <summary>Moves partitions, many topics at a time; the outcomes of a topic that could not be asked are missing.</summary>
    public async Task<IReadOnlyDictionary<string, PartitionOutcome[]>> ReassignAsync(
        IEnumerable<(TopicDescription Topic, PartitionReassignment[] Moves)> topics, bool allowReplicationFactorChange)
    {
        var outcomes = new Dictionary<string, PartitionOutcome[]>(StringComparer.Ordinal);
        var living = term.Living().ToArray();
        await InParallelAsync(topics.ToArray(), move => PublishAsync(move.Topic.Name, async grain =>
        {
            var result = await grain.Reassign(new ReassignTopicCommand
            {
                TopicId = move.Topic.Id,
                Partitions = move.Moves,
                Living = living,
                AllowReplicationFactorChange = allowReplicationFactorChange,
                IsUncleanAllowedByDefault = rules.IsUncleanAllowed(term.State),
                ControllerTerm = term.State.Term,
            });
            outcomes[move.Topic.Name] = result.Outcomes;
            return new TopicCommandResult { Topic = result.Topic };
        }));
        return outcomes;
    }

    /// <summary>Makes topic grains and living brokers forget what was deleted; who cannot be reached stays on the list.</summary>
    public Task CompleteDeletionsAsync() => InParallelAsync(term.State.Deletions.ToArray(), async deletion =>
    {
        var topic = new TopicId(deletion.Key);
        if (!deletion.Value.IsForgotten)
        {
            await Topic(deletion.Value.Name).Delete(topic);
        }

        var dropped = await brokers.DropAsync(topic, deletion.Value.PendingBrokers.Where(term.Living().Contains));
        term.Machine.CompleteDeletion(topic, isForgotten: true, dropped);
    });

    private Task CreatePlannedAsync() => InParallelAsync(
        term.State.Topics.Values.Where(topic => topic.Plan is not null).Select(topic => topic.Plan!).ToArray(), CreateAsync);

    private Task DescribeAsync(string[] names) => InParallelAsync(names, name => term.State.Topics.TryGetValue(name, out var entry)
        ? PublishAsync(name, grain => grain.Describe(new TopicId(entry.Id)))
        : Task.FromResult(_unknown.Remove(name)));

    private async Task<TopicCommandResult> PublishAsync(string name, Func<ITopicGrain, Task<TopicCommandResult>> call)
    {
        try
        {
            var result = await call(Topic(name));
            _unknown.Remove(name);
            if (result.Error == ErrorCode.StaleControllerEpoch)
            {
                term.OnSuperseded();
            }

            if (result.Topic is { } topic)
            {
                term.Machine.PublishTopic(topic);
            }

            return result;
        }
        catch
        {
            _unknown.Add(name);
            throw;
        }
    }

    /// <summary>A window, not batches: one slow topic holds up only itself. A failure is logged and left to be tried again.</summary>
    private async Task InParallelAsync<T>(IReadOnlyList<T> items, Func<T, Task> action)
    {
        var next = 0;
        var finished = 0;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(Parallelism, items.Count)).Select(_ => WorkAsync()));
        term.Publish();

        async Task WorkAsync()
        {
            while (next < items.Count)
            {
                try
                {
                    await action(items[next++]);
                }
                catch (Exception exception)
                {
                    LogUnfinished(logger, exception);
                }

                if (++finished % PublishEvery == 0)
                {
                    term.Publish();
                }
            }
        }
    }

    private ITopicGrain Topic(string name) => grains.GetGrain<ITopicGrain>(name);

    [LoggerMessage(Level = LogLevel.Error, Message = "A topic could not be brought to its decided state; it is tried again")]
    private static partial void LogUnfinished(ILogger logger, Exception exception);
}
