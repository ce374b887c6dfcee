namespace OrleansStreaming.Groups.Schemas;

/// <summary>Kinds of records of a consumer group; the numbers are the versions of their keys.</summary>
internal enum ConsumerRecordKind : short
{
    Group = 3,
    Topics = 4,
    Member = 5,
    Target = 6,
    TargetMember = 7,
    CurrentAssignment = 8,
    RegularExpression = 16,
}

/// <summary>The key of a record of a consumer group.</summary>
/// <param name="Id">The member id, or the regular expression; "" for kinds of which a group has one record.</param>
internal readonly record struct ConsumerRecordKey(ConsumerRecordKind Kind, string GroupId, string Id)
{
    private bool HasId => HasIdIn(Kind);

    public byte[] Write()
    {
        var writer = new FieldWriter().Int16((short)Kind).String(GroupId);
        return (HasId ? writer.String(Id) : writer).ToArray();
    }

    /// <summary>Null for keys of other kinds and for bytes that do not parse.</summary>
    public static ConsumerRecordKey? Read(ReadOnlySpan<byte> key)
    {
        var reader = new FieldReader(key);
        var kind = (ConsumerRecordKind)reader.Int16();
        if (!Enum.IsDefined(kind))
        {
            return null;
        }

        var result = new ConsumerRecordKey(kind, reader.String() ?? "", HasIdIn(kind) ? reader.String() ?? "" : "");
        return reader.IsMalformed ? null : result;
    }

    private static bool HasIdIn(ConsumerRecordKind kind) => kind
        is ConsumerRecordKind.Member or ConsumerRecordKind.TargetMember or ConsumerRecordKind.CurrentAssignment or ConsumerRecordKind.RegularExpression;
}
