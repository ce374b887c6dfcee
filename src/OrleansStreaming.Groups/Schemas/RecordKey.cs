using OrleansStreaming.Contracts.Groups;

namespace OrleansStreaming.Groups.Schemas;

/// <summary>The key of a record of the offsets topic: a group's metadata, or its position in a partition.</summary>
/// <param name="Partition">Null for the group's metadata.</param>
internal readonly record struct RecordKey(string GroupId, GroupTopicPartition? Partition)
{
    private const short OffsetVersion = 1;
    private const short GroupVersion = 2;

    public byte[] Write() => Partition is { } partition
        ? new FieldWriter().Int16(OffsetVersion).String(GroupId).String(partition.Topic).Int32(partition.Partition).ToArray()
        : new FieldWriter().Int16(GroupVersion).String(GroupId).ToArray();

    /// <summary>Null for keys of other kinds (the newer group protocols have theirs) and for bytes that do not parse.</summary>
    public static RecordKey? Read(ReadOnlySpan<byte> key)
    {
        var reader = new FieldReader(key);
        var version = reader.Int16();
        if (version is < 0 or > GroupVersion)
        {
            return null;
        }

        var group = reader.String() ?? "";
        var result = version == GroupVersion
            ? new RecordKey(group, null)
            : new RecordKey(group, new GroupTopicPartition(reader.String() ?? "", reader.Int32()));
        return reader.IsMalformed ? null : result;
    }
}
