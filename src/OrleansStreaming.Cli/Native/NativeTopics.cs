using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Client;
using OrleansStreaming.Client.Admin;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Native;

/// <summary>Topics over the SDK.</summary>
internal sealed class NativeTopics(IStreamingAdmin admin) : ITopics
{
    public Task<IReadOnlyList<TopicInfo>> ListAsync(bool includeInternal, CancellationToken cancellationToken) =>
        admin.ListTopicsAsync(includeInternal, cancellationToken);

    public Task<TopicInfo?> FindAsync(string topic, CancellationToken cancellationToken) => admin.FindTopicAsync(topic, cancellationToken);

    public Task CreateAsync(NewTopic topic, CancellationToken cancellationToken) => admin.CreateTopicAsync(topic, cancellationToken);

    public Task GrowAsync(string topic, int partitionCount, CancellationToken cancellationToken) =>
        admin.CreatePartitionsAsync(topic, partitionCount, cancellationToken);

    public Task DeleteAsync(string topic, CancellationToken cancellationToken) => admin.DeleteTopicAsync(topic, cancellationToken);

    public async Task<IReadOnlyDictionary<TopicPartition, Offset>> OffsetsAsync(
        IReadOnlyCollection<TopicPartition> partitions, StartPosition position, CancellationToken cancellationToken)
    {
        if (position.Kind == StartKind.Offset)
        {
            return partitions.ToDictionary(partition => partition, _ => new Offset(position.Value));
        }

        var query = position.Kind switch
        {
            StartKind.Beginning => OffsetQuery.Earliest,
            StartKind.End => OffsetQuery.Latest,
            _ => OffsetQuery.At(DateTimeOffset.FromUnixTimeMilliseconds(position.Value)),
        };
        var found = (await admin.GetOffsetsAsync(partitions, query, cancellationToken).ConfigureAwait(false)).ToDictionary();
        TopicPartition[] later = [.. partitions.Where(partition => !found.ContainsKey(partition))];
        if (later.Length > 0)
        {
            foreach (var (partition, end) in await admin.GetOffsetsAsync(later, OffsetQuery.Latest, cancellationToken).ConfigureAwait(false))
            {
                found[partition] = end;
            }
        }

        return partitions.FirstOrDefault(partition => !found.ContainsKey(partition)) is { Topic: not null } missing
            ? throw new BrokerUnavailableException($"No offset of {missing}: nobody leads it.")
            : found;
    }
}
