using OrleansStreaming.Contracts.Groups;

namespace OrleansStreaming.Groups.Schemas;

/// <summary>The value of group metadata, as Kafka's tools read it: written as version 3, read from 0 to 4.</summary>
internal static class GroupMetadataSchema
{
    public static byte[] Write(GroupMetadata group)
    {
        var writer = new FieldWriter()
            .Int16(3)
            .String(group.ProtocolType)
            .Int32(group.Generation)
            .String(group.Protocol)
            .String(group.Leader)
            .Int64(group.StateTimestamp)
            .Int32(group.Members.Length);
        foreach (var member in group.Members)
        {
            writer
                .String(member.MemberId)
                .String(member.InstanceId)
                .String(member.ClientId)
                .String(member.ClientHost)
                .Int32(member.RebalanceTimeoutMs)
                .Int32(member.SessionTimeoutMs)
                .Bytes(member.Subscription)
                .Bytes(member.Assignment);
        }

        return writer.ToArray();
    }

    /// <summary>Null when the bytes are not such a value.</summary>
    public static GroupMetadata? Read(ReadOnlySpan<byte> value)
    {
        var reader = new FieldReader(value);
        var version = reader.Int16();
        if (version is < 0 or > 4)
        {
            return null;
        }

        reader.IsFlexible = version >= 4;
        var group = new GroupMetadata
        {
            ProtocolType = reader.String() ?? "",
            Generation = reader.Int32(),
            Protocol = reader.String(),
            Leader = reader.String(),
            StateTimestamp = version >= 2 ? reader.Int64() : -1,
            Members = ReadMembers(ref reader, version),
        };
        reader.SkipTags();
        return reader.IsMalformed ? null : group;
    }

    private static GroupMemberMetadata[] ReadMembers(ref FieldReader reader, short version)
    {
        var count = reader.Count();
        var members = new List<GroupMemberMetadata>();
        for (var i = 0; i < count && !reader.IsMalformed; i++)
        {
            members.Add(new GroupMemberMetadata
            {
                MemberId = reader.String() ?? "",
                InstanceId = version >= 3 ? reader.String() : null,
                ClientId = reader.String() ?? "",
                ClientHost = reader.String() ?? "",
                RebalanceTimeoutMs = version >= 1 ? reader.Int32() : -1,
                SessionTimeoutMs = reader.Int32(),
                Subscription = reader.Bytes(),
                Assignment = reader.Bytes(),
            });
            reader.SkipTags();
        }

        return [.. members];
    }
}
