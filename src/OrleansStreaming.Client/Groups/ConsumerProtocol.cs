using System.Buffers.Binary;
using System.Text;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Groups;

/// <summary>What one member of a classic consumer group tells its leader.</summary>
/// <param name="Topics">What it subscribes to.</param>
/// <param name="Owned">What it has now.</param>
/// <param name="Generation">Since when; -1 when it does not say.</param>
internal sealed record MemberSubscription(IReadOnlyList<string> Topics, IReadOnlyList<TopicPartition> Owned, int Generation)
{
    /// <summary>What only its assignor understands; empty for none.</summary>
    public byte[] UserData { get; init; } = [];
}

/// <summary>
/// The bytes that Kafka's consumers exchange through a classic group: subscriptions (versions 0 to 3) and assignments (version 0),
/// so that these and any Kafka client share one group. Newer versions only add fields at the end.
/// </summary>
internal static class ConsumerProtocol
{
    public const string Type = "consumer";

    private const short SubscriptionVersion = 3;

    /// <param name="subscription">What stands in the fields that cooperative assignors read.</param>
    /// <param name="former">
    /// What the member had before it stopped for an eager rebalance: the user data of the assignor "sticky". Null for the others.
    /// </param>
    public static byte[] WriteSubscription(MemberSubscription subscription, MemberSubscription? former = null)
    {
        var writer = new ProtocolBytes();
        writer.WriteInt16(SubscriptionVersion);
        writer.WriteInt32(subscription.Topics.Count);
        foreach (var topic in subscription.Topics)
        {
            writer.WriteString(topic);
        }

        if (former is null)
        {
            writer.WriteInt32(-1);
        }
        else
        {
            var userData = new ProtocolBytes();
            WritePartitions(userData, former.Owned);
            userData.WriteInt32(former.Generation);
            writer.WriteBytes(userData.ToArray());
        }

        WritePartitions(writer, subscription.Owned);
        writer.WriteInt32(subscription.Generation);
        writer.WriteInt16(-1); // no rack
        return writer.ToArray();
    }

    /// <exception cref="FormatException">The bytes are something else.</exception>
    public static MemberSubscription ReadSubscription(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtocolReader(bytes);
        var version = reader.ReadInt16();
        var topics = new string[reader.ReadCount()];
        for (var i = 0; i < topics.Length; i++)
        {
            topics[i] = reader.ReadString();
        }

        var userData = reader.ReadBytes();
        var owned = version >= 1 && !reader.IsAtEnd ? ReadPartitions(ref reader) : [];
        var generation = version >= 2 && !reader.IsAtEnd ? reader.ReadInt32() : -1;
        return new MemberSubscription(topics, owned, generation) { UserData = userData.ToArray() };
    }

    /// <summary>What a member says for the assignor "sticky": its user data, which older versions end before the generation.</summary>
    public static MemberSubscription ReadSticky(ReadOnlySpan<byte> bytes)
    {
        var subscription = ReadSubscription(bytes);
        if (subscription.UserData.Length == 0)
        {
            return subscription;
        }

        var reader = new ProtocolReader(subscription.UserData);
        var owned = ReadPartitions(ref reader);
        return subscription with { Owned = owned, Generation = reader.IsAtEnd ? -1 : reader.ReadInt32() };
    }

    public static byte[] WriteAssignment(IReadOnlyCollection<TopicPartition> partitions)
    {
        var writer = new ProtocolBytes();
        writer.WriteInt16(0);
        WritePartitions(writer, partitions);
        writer.WriteInt32(-1); // no user data
        return writer.ToArray();
    }

    /// <summary>Empty bytes are an empty assignment.</summary>
    /// <exception cref="FormatException">The bytes are something else.</exception>
    public static IReadOnlyList<TopicPartition> ReadAssignment(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return [];
        }

        var reader = new ProtocolReader(bytes);
        reader.ReadInt16();
        return ReadPartitions(ref reader);
    }

    private static void WritePartitions(ProtocolBytes writer, IReadOnlyCollection<TopicPartition> partitions)
    {
        var byTopic = partitions.GroupBy(partition => partition.Topic).ToArray();
        writer.WriteInt32(byTopic.Length);
        foreach (var topic in byTopic)
        {
            writer.WriteString(topic.Key);
            writer.WriteInt32(topic.Count());
            foreach (var partition in topic)
            {
                writer.WriteInt32(partition.Partition);
            }
        }
    }

    private static List<TopicPartition> ReadPartitions(ref ProtocolReader reader)
    {
        var partitions = new List<TopicPartition>();
        for (var topics = reader.ReadCount(); topics > 0; topics--)
        {
            var topic = reader.ReadString();
            for (var count = reader.ReadCount(); count > 0; count--)
            {
                partitions.Add(new TopicPartition(topic, reader.ReadInt32()));
            }
        }

        return partitions;
    }

    private sealed class ProtocolBytes
    {
        private readonly MemoryStream _stream = new();

        public void WriteInt16(short value)
        {
            Span<byte> bytes = stackalloc byte[sizeof(short)];
            BinaryPrimitives.WriteInt16BigEndian(bytes, value);
            _stream.Write(bytes);
        }

        public void WriteInt32(int value)
        {
            Span<byte> bytes = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32BigEndian(bytes, value);
            _stream.Write(bytes);
        }

        public void WriteString(string value)
        {
            var bytes = Encoding.UTF8.GetBytes(value);
            WriteInt16(checked((short)bytes.Length));
            _stream.Write(bytes);
        }

        public void WriteBytes(byte[] value)
        {
            WriteInt32(value.Length);
            _stream.Write(value);
        }

        public byte[] ToArray() => _stream.ToArray();
    }

    private ref struct ProtocolReader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        public readonly bool IsAtEnd => _rest.IsEmpty;

        public short ReadInt16() => BinaryPrimitives.ReadInt16BigEndian(Take(sizeof(short)));

        public int ReadInt32() => BinaryPrimitives.ReadInt32BigEndian(Take(sizeof(int)));

        /// <summary>A count is never larger than the bytes that are left: garbage asks for no memory.</summary>
        public int ReadCount() => ReadInt32() is var count && (uint)count <= (uint)_rest.Length ? count : count == -1 ? 0 : throw Garbage();

        public string ReadString() => Encoding.UTF8.GetString(Take(ReadInt16()));

        /// <summary>Null and empty are the same here.</summary>
        public ReadOnlySpan<byte> ReadBytes() => ReadInt32() is > 0 and var count ? Take(count) : default;

        private ReadOnlySpan<byte> Take(int count)
        {
            if ((uint)count > (uint)_rest.Length)
            {
                throw Garbage();
            }

            var taken = _rest[..count];
            _rest = _rest[count..];
            return taken;
        }

        private static FormatException Garbage() => new("The bytes are not what consumers of a group exchange.");
    }
}
