using OrleansStreaming.Client.Connections;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Configs;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Admin;

/// <summary>Administration over the controller and the grains concerned. Topics, configs and records are here, groups beside.</summary>
internal sealed partial class StreamingAdmin(ClusterLink link) : IStreamingAdmin
{
    public async Task<ClusterInfo> DescribeClusterAsync(CancellationToken cancellationToken = default)
    {
        await link.AwaitVersionAsync(0, cancellationToken).ConfigureAwait(false);
        var image = link.Image;
        return new ClusterInfo(
            image.ClusterId,
            image.Controller,
            [.. image.Brokers.Values.Select(broker => new BrokerInfo(broker.Id, broker.Host, broker.Port, broker.Rack, broker.IsAlive))]);
    }

    public async Task<IReadOnlyList<TopicInfo>> ListTopicsAsync(bool includeInternal = false, CancellationToken cancellationToken = default)
    {
        await link.AwaitVersionAsync(0, cancellationToken).ConfigureAwait(false);
        return [.. link.Image.Topics.Values.Where(topic => includeInternal || !topic.IsInternal).Select(Info)];
    }

    public async Task<TopicInfo?> FindTopicAsync(string topic, CancellationToken cancellationToken = default)
    {
        await link.AwaitVersionAsync(0, cancellationToken).ConfigureAwait(false);
        return link.Image.Topics.TryGetValue(topic, out var found) ? Info(found) : null;
    }

    public async Task<TopicInfo> CreateTopicAsync(NewTopic topic, CancellationToken cancellationToken = default)
    {
        var result = await CommandAsync(
            controller => controller.CreateTopic(new CreateTopicCommand
            {
                Name = topic.Name,
                PartitionCount = topic.PartitionCount ?? -1,
                ReplicationFactor = topic.ReplicationFactor ?? -1,
                Configs = new Dictionary<string, string>(topic.Configs),
                ValidateOnly = topic.ValidateOnly,
            }),
            topic.Name,
            $"Topic '{topic.Name}' was not created",
            cancellationToken).ConfigureAwait(false);
        return Info(result.Topic!);
    }

    public Task DeleteTopicAsync(string topic, CancellationToken cancellationToken = default) => CommandAsync(
        controller => controller.DeleteTopic(new DeleteTopicCommand { Name = topic }), topic, $"Topic '{topic}' was not deleted", cancellationToken);

    public async Task<TopicInfo> CreatePartitionsAsync(string topic, int totalCount, CancellationToken cancellationToken = default)
    {
        var result = await CommandAsync(
            controller => controller.CreatePartitions(new CreatePartitionsCommand { Name = topic, TotalCount = totalCount }),
            topic,
            $"Topic '{topic}' did not get more partitions",
            cancellationToken).ConfigureAwait(false);
        return Info(result.Topic!);
    }

    public async Task<IReadOnlyList<ConfigInfo>> DescribeConfigsAsync(ConfigResource resource, CancellationToken cancellationToken = default)
    {
        await link.AwaitVersionAsync(0, cancellationToken).ConfigureAwait(false);
        if (resource.Type is ConfigResourceType.Topic)
        {
            await link.TopicAsync(resource.Name, create: false, cancellationToken).ConfigureAwait(false);
        }

        var asked = resource is { Type: ConfigResourceType.Broker, Name.Length: > 0 }
            ? resource.Name
            : link.Image.Brokers.Values.FirstOrDefault(broker => broker.IsAlive)?.Id.ToString()
              ?? throw Refusals.Unavailable("No broker is alive; none was found", link.Options.MetadataTimeout);
        var what = $"The configs of {resource.Type} '{resource.Name}' cannot be read";
        var result = await AnswerAsync(
            () => link.Grains.GetGrain<IBrokerConfigsGrain>(asked).Describe(resource.Type, resource.Name), what, cancellationToken).ConfigureAwait(false);
        var catalogue = resource.Type switch
        {
            ConfigResourceType.Topic => TopicConfigs.All,
            ConfigResourceType.Group => GroupConfigs.All,
            _ => BrokerConfigs.All,
        };
        return result.Error is not ErrorCode.None
            ? throw Refusals.Of(result.Error, null, what)
            : [.. result.Configs.Select(config => Info(config, catalogue[config.Name]))];
    }

    public Task AlterConfigsAsync(ConfigResource resource, IReadOnlyList<ConfigChange> changes, CancellationToken cancellationToken = default) => CommandAsync(
        controller => controller.AlterConfigs(new AlterConfigsCommand { ResourceType = resource.Type, ResourceName = resource.Name, Changes = changes.ToArray() }),
        resource.Name,
        $"The configs of {resource.Type} '{resource.Name}' were not changed",
        cancellationToken);

    public async Task<IReadOnlyDictionary<TopicPartition, Offset>> GetOffsetsAsync(
        IEnumerable<TopicPartition> partitions, OffsetQuery query, CancellationToken cancellationToken = default)
    {
        var asked = partitions.Distinct().ToArray();
        var found = await Task.WhenAll(asked.Select(partition =>
            link.FindOffsetAsync(partition, query.Timestamp, ReadIsolation.ReadUncommitted, cancellationToken))).ConfigureAwait(false);
        return asked.Zip(found).Where(entry => entry.Second is not null).ToDictionary(entry => entry.First, entry => entry.Second!.Value);
    }

    public async Task<IReadOnlyDictionary<TopicPartition, Offset>> DeleteRecordsAsync(
        IReadOnlyDictionary<TopicPartition, Offset> before, CancellationToken cancellationToken = default)
    {
        var starts = new Dictionary<TopicPartition, Offset>();
        foreach (var (partition, offset) in before)
        {
            var deleted = await PartitionCalls.AskLeaderAsync(
                link,
                partition,
                broker => link.Grains.GetGrain<IReplicaGrain>(new ReplicaKey(partition, broker).ToString()).DeleteRecords(offset),
                static answer => answer.Error,
                cancellationToken).ConfigureAwait(false);
            starts[partition] = deleted.Error is ErrorCode.None
                ? deleted.LowWatermark
                : throw Refusals.Of(deleted.Error, null, $"Records of {partition} were not deleted");
        }

        return starts;
    }

    /// <summary>Asks the controller, and waits until this client sees the effect.</summary>
    private async Task<TopicCommandResult> CommandAsync(
        Func<IControllerGrain, Task<TopicCommandResult>> command, string topic, string what, CancellationToken cancellationToken)
    {
        var result = await AnswerAsync(() => command(link.Controller), what, cancellationToken).ConfigureAwait(false);
        if (result.Error is not ErrorCode.None)
        {
            throw result.Error is ErrorCode.UnknownTopicOrPartition
                ? new UnknownTopicException(topic, $"{what}: there is no topic '{topic}'. Admin.ListTopicsAsync names those there are.")
                : Refusals.Of(result.Error, result.ErrorMessage, what);
        }

        await link.AwaitVersionAsync(result.MetadataVersion, cancellationToken).ConfigureAwait(false);
        return result;
    }

    /// <summary>One call; one that fails is not repeated, since it may have had its effect.</summary>
    private async Task<T> AnswerAsync<T>(Func<Task<T>> call, string what, CancellationToken cancellationToken)
    {
        try
        {
            return await link.CallAsync(call, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Refusals.Unavailable($"{what}: no answer", link.Options.RequestTimeout, failure);
        }
    }

    private static TopicInfo Info(TopicDescription topic) => new(
        topic.Name,
        topic.Id,
        topic.IsInternal,
        [.. topic.Partitions.Select(partition => new PartitionInfo(
            partition.Partition, partition.Leader, partition.LeaderEpoch, partition.Replicas, partition.InSyncReplicas))],
        topic.Configs);

    private static ConfigInfo Info(DescribedConfig config, ConfigDefinition definition) =>
        new(config.Name, config.Value, config.Source, definition.IsReadOnly, definition.IsSensitive, definition.Documentation);
}
