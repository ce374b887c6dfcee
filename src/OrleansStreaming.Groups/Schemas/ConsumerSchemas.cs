using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Assignors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Schemas;

/// <summary>The values of a consumer group's records, as Kafka's tools read them: all of version 0, flexible. Reading answers null for other bytes.</summary>
internal static class ConsumerSchemas
{
    private const short Version = 0;

    public static byte[] WriteEpoch(int epoch) => Value().Int32(epoch).NoTags().ToArray();

    public static int? ReadEpoch(ReadOnlySpan<byte> value)
    {
        var reader = Open(value);
        var epoch = reader.Int32();
        return Ends(ref reader) ? epoch : null;
    }

    public static byte[] WriteTopics(IReadOnlyCollection<SubscribedTopic> topics)
    {
        var writer = Value().Count(topics.Count);
        foreach (var topic in topics)
        {
            // The racks of partitions, which are not used.
            writer.Uuid(topic.Id.Value).String(topic.Name).Int32(topic.PartitionCount).Count(0).NoTags();
        }

        return writer.NoTags().ToArray();
    }

    public static List<SubscribedTopic>? ReadTopics(ReadOnlySpan<byte> value)
    {
        var reader = Open(value);
        var topics = new List<SubscribedTopic>();
        for (var left = reader.Count(); left > 0 && !reader.IsMalformed; left--)
        {
            topics.Add(new SubscribedTopic(new TopicId(reader.Uuid()), reader.String() ?? "", reader.Int32()));
            for (var racks = reader.Count(); racks > 0 && !reader.IsMalformed; racks--)
            {
                reader.Int32();
                Strings(ref reader);
                reader.SkipTags();
            }

            reader.SkipTags();
        }

        return Ends(ref reader) ? topics : null;
    }

    public static byte[] WriteTarget(PartitionSet target) => Partitions(Value(), target).NoTags().ToArray();

    public static PartitionSet? ReadTarget(ReadOnlySpan<byte> value)
    {
        var reader = Open(value);
        var target = Partitions(ref reader);
        return Ends(ref reader) ? target : null;
    }

    public static byte[] WriteCurrent(CurrentAssignmentRecord current)
    {
        var writer = Value().Int32(current.Epoch).Int32(current.PreviousEpoch).Int8((sbyte)current.State);
        return Partitions(Partitions(writer, current.Assigned), current.Revoking).NoTags().ToArray();
    }

    public static CurrentAssignmentRecord? ReadCurrent(ReadOnlySpan<byte> value)
    {
        var reader = Open(value);
        var current = new CurrentAssignmentRecord(
            reader.Int32(), reader.Int32(), (ConsumerMemberState)reader.Int8(), Partitions(ref reader), Partitions(ref reader));
        return Ends(ref reader) && Enum.IsDefined(current.State) ? current : null;
    }

    public static byte[] WriteRegex(RegexRecord regex) =>
        Strings(Value(), regex.Topics).Int64(regex.MetadataVersion).Int64(regex.Timestamp).NoTags().ToArray();

    public static RegexRecord? ReadRegex(ReadOnlySpan<byte> value)
    {
        var reader = Open(value);
        var regex = new RegexRecord(Strings(ref reader), reader.Int64(), reader.Int64());
        return Ends(ref reader) ? regex : null;
    }

    internal static FieldWriter Value() => new FieldWriter { IsFlexible = true }.Int16(Version);

    /// <summary>A reader after the version; malformed from the start when that is another.</summary>
    internal static FieldReader Open(ReadOnlySpan<byte> value)
    {
        var reader = new FieldReader(value) { IsFlexible = true };
        return reader.Int16() == Version && !reader.IsMalformed ? reader : FieldReader.Malformed;
    }

    internal static bool Ends(ref FieldReader reader)
    {
        reader.SkipTags();
        return !reader.IsMalformed;
    }

    internal static FieldWriter Strings(FieldWriter writer, string[] texts)
    {
        writer.Count(texts.Length);
        foreach (var text in texts)
        {
            writer.String(text);
        }

        return writer;
    }

    internal static string[] Strings(ref FieldReader reader)
    {
        var texts = new List<string>();
        for (var left = reader.Count(); left > 0 && !reader.IsMalformed; left--)
        {
            texts.Add(reader.String() ?? "");
        }

        return [.. texts];
    }

    private static FieldWriter Partitions(FieldWriter writer, PartitionSet set)
    {
        var topics = set.Topics.ToList();
        writer.Count(topics.Count);
        foreach (var (topic, partitions) in topics)
        {
            writer.Uuid(topic.Value).Count(partitions.Length);
            foreach (var partition in partitions)
            {
                writer.Int32(partition);
            }

            writer.NoTags();
        }

        return writer;
    }

    private static PartitionSet Partitions(ref FieldReader reader)
    {
        var topics = new List<KeyValuePair<TopicId, int[]>>();
        for (var left = reader.Count(); left > 0 && !reader.IsMalformed; left--)
        {
            var topic = new TopicId(reader.Uuid());
            var count = reader.Count();
            var partitions = new List<int>();
            for (var i = 0; i < count && !reader.IsMalformed; i++)
            {
                partitions.Add(reader.Int32());
            }

            topics.Add(new KeyValuePair<TopicId, int[]>(topic, [.. partitions]));
            reader.SkipTags();
        }

        return PartitionSet.Of(topics);
    }
}
