using System.Net;

namespace OrleansStreaming.Server.Configuration;

/// <summary>The address that clients are told: as advertised, else as listened on.</summary>
internal static class ClientAddress
{
    /// <param name="options">What was asked for.</param>
    /// <param name="listening">Where the endpoint is bound: its port stands in for port 0.</param>
    public static EndpointAddress Of(ServerOptions options, IPEndPoint listening)
    {
        var address = options.Advertised ?? options.Kafka;
        return new EndpointAddress(
            address.IsWildcard ? Dns.GetHostName() : address.Host, // as Kafka does: nobody can connect to "every interface"
            address.Port == 0 ? listening.Port : address.Port);
    }
}
