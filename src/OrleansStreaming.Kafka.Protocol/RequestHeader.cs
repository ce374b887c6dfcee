using OrleansStreaming.Kafka.Protocol.Messages;

namespace OrleansStreaming.Kafka.Protocol;

/// <summary>What stands before each request's body. Header version 1 ends with the client id, 2 adds tagged fields.</summary>
/// <param name="ApiKey">The API asked for; may be one this build does not know.</param>
/// <param name="ApiVersion">The version of the body.</param>
/// <param name="CorrelationId">Returned with the answer.</param>
/// <param name="ClientId">What the client calls itself; never compact, even in header version 2.</param>
public readonly record struct RequestHeader(ApiKey ApiKey, short ApiVersion, int CorrelationId, string? ClientId)
{
    /// <summary>Reads a header of the version its own key and version say (<see cref="ApiCatalog.RequestHeaderVersion"/>).</summary>
    public static RequestHeader Read(ref ProtocolReader reader)
    {
        var key = (ApiKey)reader.ReadInt16();
        short version = reader.ReadInt16();
        int correlationId = reader.ReadInt32();
        string? clientId = reader.ReadNullableString(compact: false);
        if (ApiCatalog.RequestHeaderVersion(key, version) >= 2)
        {
            reader.SkipTags();
        }

        return new RequestHeader(key, version, correlationId, clientId);
    }

    /// <summary>Writes the header in the version that belongs to its key and version.</summary>
    public void Write(ProtocolWriter writer)
    {
        writer.WriteInt16((short)ApiKey);
        writer.WriteInt16(ApiVersion);
        writer.WriteInt32(CorrelationId);
        writer.WriteNullableString(ClientId, compact: false);
        if (ApiCatalog.RequestHeaderVersion(ApiKey, ApiVersion) >= 2)
        {
            writer.WriteUnsignedVarint(0);
        }
    }
}
