using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Schemas;

/// <summary>
/// The value of an offset commit, as Kafka's tools read it. Written as version 3, or as version 1 when the offset has an expiry
/// of its own, which only that version can say; read from 0 to 4.
/// </summary>
internal static class OffsetSchema
{
    public static byte[] Write(CommittedOffset offset)
    {
        var hasExpiry = offset.ExpireTimestamp >= 0;
        var writer = new FieldWriter().Int16((short)(hasExpiry ? 1 : 3)).Int64(offset.Offset.Value);
        if (!hasExpiry)
        {
            writer.Int32(offset.LeaderEpoch.Value);
        }

        writer.String(offset.Metadata).Int64(offset.CommitTimestamp);
        return (hasExpiry ? writer.Int64(offset.ExpireTimestamp) : writer).ToArray();
    }

    /// <summary>Null when the bytes are not such a value.</summary>
    public static CommittedOffset? Read(ReadOnlySpan<byte> value)
    {
        var reader = new FieldReader(value);
        var version = reader.Int16();
        if (version is < 0 or > 4)
        {
            return null;
        }

        reader.IsFlexible = version >= 4;
        var offset = new CommittedOffset
        {
            Offset = new Offset(reader.Int64()),
            LeaderEpoch = version >= 3 ? new LeaderEpoch(reader.Int32()) : LeaderEpoch.None,
            Metadata = reader.String() ?? "",
            CommitTimestamp = reader.Int64(),
            ExpireTimestamp = version == 1 ? reader.Int64() : -1,
        };
        reader.SkipTags();
        return reader.IsMalformed ? null : offset;
    }
}
