using System.Globalization;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Groups;

/// <summary>
/// The key of a group grain: <c>groupId@brokerId</c>. The broker is the one that leads the group's partition of
/// <see cref="OffsetsTopic"/>: a new leader means a new grain, and the old one finds its epoch refused.
/// </summary>
public readonly record struct GroupKey(string GroupId, BrokerId Broker)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{GroupId}@{Broker.Value}");

    /// <exception cref="FormatException">The text is not a group key.</exception>
    public static GroupKey Parse(string key)
    {
        var at = KeyText.BrokerStart(key);
        return new GroupKey(key[..at], KeyText.Broker(key, at));
    }
}

/// <summary>The key of the coordinator of one partition of <see cref="OffsetsTopic"/>: <c>partition@brokerId</c>.</summary>
public readonly record struct GroupPartitionKey(int Partition, BrokerId Broker)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Partition}@{Broker.Value}");

    /// <exception cref="FormatException">The text is not such a key.</exception>
    public static GroupPartitionKey Parse(string key)
    {
        var at = KeyText.BrokerStart(key);
        return new GroupPartitionKey(int.Parse(key.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture), KeyText.Broker(key, at));
    }
}

/// <summary>Group ids may hold any character, '@' too: the broker follows the last one.</summary>
internal static class KeyText
{
    public static int BrokerStart(string key) =>
        key.LastIndexOf('@') is var at and >= 0 ? at : throw new FormatException($"'{key}' names no broker after an '@'.");

    public static BrokerId Broker(string key, int at) =>
        new(int.Parse(key.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture));
}
