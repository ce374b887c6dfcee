using System.Globalization;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Connections;

/// <summary>Finds the broker that looks after a group, and asks it again while it moves or loads. Any thread.</summary>
internal sealed class Coordinators(ClusterLink link)
{
    /// <summary>The broker that leads the group's partition of the offsets topic, which is created when nobody needed it before.</summary>
    public async Task<BrokerId> FindAsync(string groupId, CancellationToken cancellationToken)
    {
        if (!link.Image.Topics.TryGetValue(OffsetsTopic.Name, out var topic))
        {
            topic = await CreateTopicAsync(cancellationToken).ConfigureAwait(false);
        }

        return topic.Partitions[OffsetsTopic.PartitionOf(groupId, topic.Partitions.Count)].Leader;
    }

    public IGroupGrain Group(string groupId, BrokerId broker) => link.Grains.GetGrain<IGroupGrain>(new GroupKey(groupId, broker).ToString());

    /// <summary>Asks the group's coordinator until it answers something other than that it is not the one or not ready.</summary>
    /// <param name="groupId">The group.</param>
    /// <param name="question">The call.</param>
    /// <param name="errorOf">The answer's error.</param>
    /// <param name="patience">How long to try; then <see cref="BrokerUnavailableException"/>.</param>
    /// <param name="cancellationToken">Ends the tries.</param>
    public async Task<T> AskAsync<T>(
        string groupId, Func<IGroupGrain, Task<T>> question, Func<T, ErrorCode> errorOf, TimeSpan patience, CancellationToken cancellationToken)
    {
        var began = link.Time.GetTimestamp();
        Exception? cause = null;
        for (var attempt = 0; ; attempt++)
        {
            var seen = link.Image.Version;
            try
            {
                var broker = await FindAsync(groupId, cancellationToken).ConfigureAwait(false);
                if (broker != BrokerId.None)
                {
                    var answer = await question(Group(groupId, broker)).WaitAsync(cancellationToken).ConfigureAwait(false);
                    if (errorOf(answer) is not (ErrorCode.NotCoordinator or ErrorCode.CoordinatorLoadInProgress or ErrorCode.CoordinatorNotAvailable))
                    {
                        return answer;
                    }
                }
            }
            catch (Exception failure) when (failure is not StreamingException { IsRetriable: false })
            {
                // Who has given up hears that, whatever else went wrong meanwhile.
                cancellationToken.ThrowIfCancellationRequested();
                cause = failure;
            }

            if (link.Time.GetElapsedTime(began) >= patience)
            {
                throw Refusals.Unavailable($"The coordinator of group '{groupId}' did not answer", patience, cause);
            }

            await link.PauseAsync(attempt, seen, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<TopicDescription> CreateTopicAsync(CancellationToken cancellationToken)
    {
        await link.AwaitVersionAsync(0, cancellationToken).ConfigureAwait(false);
        if (link.Image.Topics.TryGetValue(OffsetsTopic.Name, out var existing))
        {
            return existing;
        }

        var living = link.Image.Brokers.Values.Where(broker => broker.IsAlive).ToArray();
        var asked = living.FirstOrDefault()?.Id ?? throw Refusals.Unavailable("No broker is alive; none was found", link.Options.MetadataTimeout);
        var described = await link.CallAsync(
            () => link.Grains.GetGrain<IBrokerConfigsGrain>(asked.ToString()).Describe(ConfigResourceType.Broker, asked.ToString()), cancellationToken).ConfigureAwait(false);
        var created = await link.CallAsync(
            () => link.Controller.CreateTopic(OffsetsTopic.CreateCommand(Number, living.Length)),
            cancellationToken).ConfigureAwait(false);
        if (created.Error is not (ErrorCode.None or ErrorCode.TopicAlreadyExists))
        {
            throw Refusals.Of(created.Error, created.ErrorMessage, $"The topic {OffsetsTopic.Name} could not be created");
        }

        return await link.TopicAsync(OffsetsTopic.Name, create: false, cancellationToken).ConfigureAwait(false);

        int Number(string name) =>
            int.Parse(described.Configs.First(config => config.Name == name).Value!, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    }
}
