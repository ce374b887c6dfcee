using OrleansStreaming.Contracts.Groups;

namespace OrleansStreaming.Groups.Schemas;

/// <summary>The value of what a member of a consumer group said of itself: version 0, flexible, as Kafka's tools read it.</summary>
internal static class MemberSchema
{
    private const uint ClassicTag = 0;

    public static byte[] Write(MemberRecord member)
    {
        var writer = ConsumerSchemas.Value().String(member.InstanceId).String(member.RackId).String(member.ClientId).String(member.ClientHost);
        ConsumerSchemas.Strings(writer, member.TopicNames)
            .String(member.TopicRegex)
            .Int32(member.RebalanceTimeoutMs)
            .String(member.Assignor);
        if (member.Classic is not { } classic)
        {
            return writer.NoTags().ToArray();
        }

        var tagged = Write(classic);
        writer.Varint(1).Varint(ClassicTag).Varint((uint)tagged.Length);
        foreach (var field in tagged)
        {
            writer.Int8(unchecked((sbyte)field));
        }

        return writer.ToArray();
    }

    /// <summary>Null when the bytes are not such a value.</summary>
    public static MemberRecord? Read(ReadOnlySpan<byte> value)
    {
        var reader = ConsumerSchemas.Open(value);
        var member = new MemberRecord
        {
            InstanceId = reader.String(),
            RackId = reader.String(),
            ClientId = reader.String() ?? "",
            ClientHost = reader.String() ?? "",
            TopicNames = ConsumerSchemas.Strings(ref reader),
            TopicRegex = reader.String(),
            RebalanceTimeoutMs = reader.Int32(),
            Assignor = reader.String(),
        };
        for (var tags = reader.Varint(); tags > 0 && !reader.IsMalformed; tags--)
        {
            var tag = reader.Varint();
            var field = reader.Raw((int)reader.Varint());
            if (tag == ClassicTag)
            {
                member = member with { Classic = ReadClassic(field) };
            }
        }

        return reader.IsMalformed ? null : member;
    }

    /// <summary>A tagged structure that may be null begins with a byte that says that it is not.</summary>
    private static byte[] Write(ClassicMemberRecord classic)
    {
        var writer = new FieldWriter { IsFlexible = true }.Int8(1).Int32(classic.SessionTimeoutMs).Count(classic.Protocols.Length);
        foreach (var protocol in classic.Protocols)
        {
            writer.String(protocol.Name).Bytes(protocol.Metadata).NoTags();
        }

        return writer.NoTags().ToArray();
    }

    private static ClassicMemberRecord? ReadClassic(ReadOnlySpan<byte> field)
    {
        var reader = new FieldReader(field) { IsFlexible = true };
        if (reader.Int8() < 0)
        {
            return null;
        }

        var sessionTimeoutMs = reader.Int32();
        var protocols = new List<JoinProtocol>();
        for (var left = reader.Count(); left > 0 && !reader.IsMalformed; left--)
        {
            protocols.Add(new JoinProtocol { Name = reader.String() ?? "", Metadata = reader.Bytes() });
            reader.SkipTags();
        }

        return reader.IsMalformed ? null : new ClassicMemberRecord(sessionTimeoutMs, [.. protocols]);
    }
}
