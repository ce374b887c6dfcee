using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Schemas;

namespace OrleansStreaming.Groups.Machine;

/// <summary>
/// What members of protocol type "consumer" tell each other in their metadata and assignments. Opaque to a classic group, but for the
/// topics; a consumer group must understand it to serve members of the classic protocol.
/// </summary>
/// <param name="Version">Versions from 1 on name owned partitions, from 3 on a rack.</param>
internal sealed record ConsumerSubscription(short Version, string[] Topics, GroupTopicPartition[] Owned, string? RackId)
{
    public const string ProtocolType = "consumer";

    private const short FirstWithOwned = 1;
    private const short FirstWithGeneration = 2;
    private const short FirstWithRack = 3;

    /// <summary>Null when the bytes are something else.</summary>
    public static ConsumerSubscription? Read(ReadOnlySpan<byte> metadata)
    {
        var reader = new FieldReader(metadata);
        var version = reader.Int16();
        if (version < 0)
        {
            return null;
        }

        var topics = new List<string>();
        for (var left = reader.Count(); left > 0 && !reader.IsMalformed; left--)
        {
            topics.Add(reader.String() ?? "");
        }

        // The first parts are common to all versions; clients have been lax about what follows.
        if (reader.IsMalformed)
        {
            return null;
        }

        reader.Bytes();
        var owned = version >= FirstWithOwned && reader.Remaining > 0 ? ReadPartitions(ref reader) : [];
        if (version >= FirstWithGeneration && reader.Remaining > 0)
        {
            reader.Int32();
        }

        var rack = version >= FirstWithRack && reader.Remaining > 0 ? reader.String() : null;
        return new ConsumerSubscription(version, [.. topics], owned, rack);
    }

    /// <summary>The partitions of an assignment; null when the bytes are something else. No bytes are no partitions.</summary>
    public static GroupTopicPartition[]? ReadAssignment(ReadOnlySpan<byte> assignment)
    {
        if (assignment.IsEmpty)
        {
            return [];
        }

        var reader = new FieldReader(assignment);
        reader.Int16();
        var partitions = ReadPartitions(ref reader);
        return reader.IsMalformed ? null : partitions;
    }

    /// <summary>An assignment in the version that the member's subscription had.</summary>
    public static byte[] WriteAssignment(short version, IEnumerable<(string Topic, int[] Partitions)> assigned)
    {
        var topics = assigned.ToList();
        var writer = new FieldWriter().Int16(version).Int32(topics.Count);
        foreach (var (topic, partitions) in topics)
        {
            writer.String(topic).Int32(partitions.Length);
            foreach (var partition in partitions)
            {
                writer.Int32(partition);
            }
        }

        // No user data.
        return writer.Int32(-1).ToArray();
    }

    private static GroupTopicPartition[] ReadPartitions(ref FieldReader reader)
    {
        var found = new List<GroupTopicPartition>();
        for (var topics = reader.Count(); topics > 0 && !reader.IsMalformed; topics--)
        {
            var topic = reader.String() ?? "";
            for (var left = reader.Count(); left > 0 && !reader.IsMalformed; left--)
            {
                found.Add(new GroupTopicPartition(topic, reader.Int32()));
            }
        }

        return [.. found];
    }
}
