using System.Globalization;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Replication;

/// <summary>The key of a replica grain: <c>topic/partition@brokerId</c>. Topic names hold neither '/' nor '@'.</summary>
public readonly record struct ReplicaKey(TopicPartition Partition, BrokerId Broker)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Partition.Topic}/{Partition.Partition}@{Broker.Value}");

    /// <exception cref="FormatException">The text is not a replica key.</exception>
    public static ReplicaKey Parse(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var at = key.IndexOf('@', StringComparison.Ordinal);
        if (slash <= 0 || at <= slash)
        {
            throw new FormatException($"'{key}' is not a replica key of the form topic/partition@brokerId.");
        }

        return new ReplicaKey(
            new TopicPartition(key[..slash], int.Parse(key.AsSpan(slash + 1, at - slash - 1), NumberStyles.None, CultureInfo.InvariantCulture)),
            new BrokerId(int.Parse(key.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture)));
    }
}
