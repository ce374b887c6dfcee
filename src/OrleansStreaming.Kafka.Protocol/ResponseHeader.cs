using OrleansStreaming.Kafka.Protocol.Messages;

namespace OrleansStreaming.Kafka.Protocol;

/// <summary>What stands before each response's body: the correlation id and, in header version 1, tagged fields.</summary>
/// <param name="CorrelationId">The request's.</param>
public readonly record struct ResponseHeader(int CorrelationId)
{
    /// <summary>Reads the header of an answer to <paramref name="key"/> at <paramref name="version"/>.</summary>
    public static ResponseHeader Read(ref ProtocolReader reader, ApiKey key, short version)
    {
        var header = new ResponseHeader(reader.ReadInt32());
        if (ApiCatalog.ResponseHeaderVersion(key, version) >= 1)
        {
            reader.SkipTags();
        }

        return header;
    }

    /// <summary>Writes the header of an answer to <paramref name="key"/> at <paramref name="version"/>.</summary>
    public void Write(ProtocolWriter writer, ApiKey key, short version)
    {
        writer.WriteInt32(CorrelationId);
        if (ApiCatalog.ResponseHeaderVersion(key, version) >= 1)
        {
            writer.WriteUnsignedVarint(0);
        }
    }
}
