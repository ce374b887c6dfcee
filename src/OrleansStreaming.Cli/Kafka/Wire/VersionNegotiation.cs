using OrleansStreaming.Client;
using OrleansStreaming.Kafka.Protocol;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Cli.Kafka.Wire;

/// <summary>
/// The first question on a connection. A broker that does not know the version asked for answers in version 0 with
/// UNSUPPORTED_VERSION and, if it is not too old, with what it does know (KIP-511).
/// </summary>
internal static class VersionNegotiation
{
    private const short First = 3;

    public static async Task<VersionTable> RunAsync(BrokerConnection connection, KafkaOptions options, CancellationToken cancellationToken)
    {
        var response = await AskAsync(connection, options, First, cancellationToken).ConfigureAwait(false);
        if ((ErrorCode)response.ErrorCode == ErrorCode.UnsupportedVersion)
        {
            response = await AskAsync(connection, options, 0, cancellationToken).ConfigureAwait(false);
        }

        if ((ErrorCode)response.ErrorCode != ErrorCode.None)
        {
            throw new RequestRefusedException(
                (ErrorCode)response.ErrorCode, $"Broker {connection.Address} does not say which versions it speaks: {ErrorTable.NameOf((ErrorCode)response.ErrorCode)}.");
        }

        var announced = new Dictionary<ApiKey, (short, short)>();
        foreach (var api in response.ApiKeys)
        {
            announced[(ApiKey)api.ApiKey] = (api.MinVersion, api.MaxVersion);
        }

        return new VersionTable(connection.Address, announced);
    }

    private static async Task<ApiVersionsResponse> AskAsync(
        BrokerConnection connection, KafkaOptions options, short version, CancellationToken cancellationToken)
    {
        var request = new ApiVersionsRequest();
        if (version >= First)
        {
            request.ClientSoftwareName = options.ClientId;
            request.ClientSoftwareVersion = options.ClientVersion;
        }

        var frame = await connection.SendAsync(request, version, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        return Read(frame, version);
    }

    private static ApiVersionsResponse Read(byte[] frame, short version)
    {
        var reader = new ProtocolReader(frame);
        ResponseHeader.Read(ref reader, ApiKey.ApiVersions, version);
        var peek = reader;
        var answered = (ErrorCode)peek.ReadInt16() == ErrorCode.UnsupportedVersion ? (short)0 : version;
        return (ApiVersionsResponse)ApiCatalog.ReadResponse(ApiKey.ApiVersions, answered, ref reader);
    }
}
