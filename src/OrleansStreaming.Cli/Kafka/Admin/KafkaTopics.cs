using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Kafka.Wire;
using OrleansStreaming.Client;
using OrleansStreaming.Client.Admin;
using OrleansStreaming.Contracts.Configs;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Kafka.Admin;

/// <summary>Topics over the Kafka port.</summary>
internal sealed class KafkaTopics(KafkaCluster cluster, KafkaConfigs configs, PartitionOffsets offsets) : ITopics
{
    private int TimeoutMs => (int)cluster.Options.Timeout.TotalMilliseconds;

    public async Task<IReadOnlyList<TopicInfo>> ListAsync(bool includeInternal, CancellationToken cancellationToken)
    {
        var view = await cluster.ViewAsync(null, cancellationToken).ConfigureAwait(false);
        return [.. view.Topics.Values.Where(topic => includeInternal || !topic.IsInternal).OrderBy(topic => topic.Name, StringComparer.Ordinal)];
    }

    public async Task<TopicInfo?> FindAsync(string topic, CancellationToken cancellationToken)
    {
        var view = await cluster.ViewAsync([topic], cancellationToken).ConfigureAwait(false);
        if (!view.Topics.TryGetValue(topic, out var found))
        {
            var error = view.Errors.GetValueOrDefault(topic, ErrorCode.UnknownTopicOrPartition);
            return error is ErrorCode.UnknownTopicOrPartition ? null : throw Answers.Refusal(error, $"Topic '{topic}'");
        }

        var all = await configs.GetAsync(ConfigResource.Topic(topic), cancellationToken).ConfigureAwait(false);
        return found with
        {
            Configs = all.Where(config => config.Source is ConfigSource.TopicConfig).ToDictionary(config => config.Name, config => config.Value ?? ""),
        };
    }

    public async Task CreateAsync(NewTopic topic, CancellationToken cancellationToken)
    {
        const short FirstWithDefaults = 4;
        var response = await cluster.Retries.RunAsync(
            () => cluster.AskControllerAsync<CreateTopicsResponse>(ApiKey.CreateTopics, Request, cancellationToken), cancellationToken).ConfigureAwait(false);
        var result = response.Topics.Single();
        Answers.Check(result.ErrorCode, $"Topic '{topic.Name}' was not created", result.ErrorMessage);
        if (!topic.ValidateOnly)
        {
            await AwaitPartitionsAsync(topic.Name, 1, cancellationToken).ConfigureAwait(false);
        }

        CreateTopicsRequest Request(short version) => new()
        {
            Topics =
            [
                new CreateTopicsRequest.CreatableTopic
                {
                    Name = topic.Name,
                    NumPartitions = topic.PartitionCount ?? (version < FirstWithDefaults ? 1 : -1),
                    ReplicationFactor = topic.ReplicationFactor ?? (version < FirstWithDefaults ? (short)1 : (short)-1),
                    Configs = [.. topic.Configs.Select(config => new CreateTopicsRequest.CreatableTopicConfig { Name = config.Key, Value = config.Value })],
                },
            ],
            TimeoutMs = TimeoutMs,
            ValidateOnly = topic.ValidateOnly,
        };
    }

    public async Task GrowAsync(string topic, int partitionCount, CancellationToken cancellationToken)
    {
        var response = await cluster.AskControllerAsync<CreatePartitionsResponse>(
            ApiKey.CreatePartitions,
            _ => new CreatePartitionsRequest
            {
                Topics = [new CreatePartitionsRequest.CreatePartitionsTopic { Name = topic, Count = partitionCount, Assignments = null }],
                TimeoutMs = TimeoutMs,
            },
            cancellationToken).ConfigureAwait(false);
        var result = response.Results.Single();
        Check(topic, result.ErrorCode, result.ErrorMessage, "was not grown");
        await AwaitPartitionsAsync(topic, partitionCount, cancellationToken).ConfigureAwait(false);
    }

    public async Task DeleteAsync(string topic, CancellationToken cancellationToken)
    {
        const short FirstWithIds = 6;
        var response = await cluster.AskControllerAsync<DeleteTopicsResponse>(
            ApiKey.DeleteTopics,
            version => version >= FirstWithIds
                ? new DeleteTopicsRequest { Topics = [new DeleteTopicsRequest.DeleteTopicState { Name = topic }], TimeoutMs = TimeoutMs }
                : new DeleteTopicsRequest { TopicNames = [topic], TimeoutMs = TimeoutMs },
            cancellationToken).ConfigureAwait(false);
        var result = response.Responses.Single();
        Check(topic, result.ErrorCode, result.ErrorMessage, "was not deleted");
    }

    public Task<IReadOnlyDictionary<TopicPartition, Offset>> OffsetsAsync(
        IReadOnlyCollection<TopicPartition> partitions, StartPosition position, CancellationToken cancellationToken) =>
        offsets.FindAsync(partitions, position, readCommitted: false, cancellationToken);

    /// <summary>Brokers hear of a change a little later than the one that made it.</summary>
    private Task AwaitPartitionsAsync(string topic, int count, CancellationToken cancellationToken) => cluster.Retries.RunAsync(
        async () =>
        {
            var view = await cluster.ViewAsync([topic], cancellationToken).ConfigureAwait(false);
            return view.Topics.TryGetValue(topic, out var found) && found.Partitions.Count >= count && found.Partitions.All(partition => partition.Leader.Value >= 0)
                ? found
                : throw Answers.Refusal(ErrorCode.LeaderNotAvailable, $"Topic '{topic}' is changed, but its partitions have no leaders yet");
        },
        cancellationToken);

    private static void Check(string topic, short error, string? message, string what)
    {
        if ((ErrorCode)error is ErrorCode.UnknownTopicOrPartition)
        {
            throw Unknown.Topic(topic);
        }

        Answers.Check(error, $"Topic '{topic}' {what}", message);
    }
}
