using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Settings;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Groups;

/// <summary>The group coordinators on this broker; requests for groups of other brokers are sent away with NOT_COORDINATOR.</summary>
internal sealed partial class GroupCoordinators(
    IGrainFactory grains, IClusterMetadata metadata, IOptions<KafkaEndpointOptions> options, ILogger<GroupCoordinators> logger)
{
    private readonly BrokerId _broker = new(options.Value.BrokerId);

    /// <summary>The groups that this broker coordinates; with COORDINATOR_LOAD_IN_PROGRESS, those that are loaded.</summary>
    public async Task<(ErrorCode Error, IReadOnlyList<GroupSummary> Groups)> ListAsync()
    {
        var error = ErrorCode.None;
        var groups = new List<GroupSummary>();
        var partitions = metadata.Current.Topics.GetValueOrDefault(OffsetsTopic.Name)?.Partitions ?? [];
        foreach (var key in partitions.Where(partition => partition.Leader == _broker).Select(partition => new GroupPartitionKey(partition.Partition, _broker)))
        {
            var listed = await TryAsync(
                key.ToString(), () => grains.GetGrain<IGroupPartitionGrain>(key.ToString()).List(), static refusal => new GroupIdsResult { Error = refusal }).ConfigureAwait(false);

            // A partition that has moved away meanwhile is listed by its new leader.
            error = listed.Error is ErrorCode.None or ErrorCode.NotCoordinator ? error : listed.Error;
            groups.AddRange(await Task.WhenAll(listed.GroupIds.Select(id => TryAsync(
                id, () => Group(id).Summarize(), refusal => new GroupSummary { GroupId = id, Error = refusal }))).ConfigureAwait(false));
        }

        return (error, groups);
    }

    /// <summary>
    /// Asks the group's coordinator. The connection reads on as soon as the question is on its way: joins take minutes, and
    /// later requests of the same client come behind it in the grain's line.
    /// </summary>
    /// <param name="refuse">Makes the answer when there is none: an unknown coordinator, or one that could not be reached.</param>
    public Task<T> AskAsync<T>(RequestContext context, string groupId, Func<IGroupGrain, Task<T>> question, Func<ErrorCode, T> refuse)
    {
        if (!IsCoordinatedHere(groupId))
        {
            return Task.FromResult(refuse(ErrorCode.NotCoordinator));
        }

        var answer = TryAsync(groupId, () => question(Group(groupId)), refuse);
        context.ReleaseInput();
        return answer;
    }

    private async Task<T> TryAsync<T>(string coordinator, Func<Task<T>> question, Func<ErrorCode, T> refuse)
    {
        try
        {
            return await question().ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            LogUnreachable(logger, coordinator, failure);
            return refuse(ErrorCode.CoordinatorNotAvailable);
        }
    }

    private IGroupGrain Group(string groupId) => grains.GetGrain<IGroupGrain>(new GroupKey(groupId, _broker).ToString());

    private bool IsCoordinatedHere(string groupId) =>
        metadata.Current.Topics.TryGetValue(OffsetsTopic.Name, out var topic)
        && topic.Partitions[OffsetsTopic.PartitionOf(groupId, topic.Partitions.Count)].Leader == _broker;

    [LoggerMessage(Level = LogLevel.Warning, Message = "The coordinator {Coordinator} did not answer")]
    private static partial void LogUnreachable(ILogger logger, string coordinator, Exception failure);
}
