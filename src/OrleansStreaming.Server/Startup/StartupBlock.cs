using System.Globalization;
using System.Net;
using OrleansStreaming.Server.Configuration;
using OrleansStreaming.Server.Endpoints;
using OrleansStreaming.Server.Hosting;

namespace OrleansStreaming.Server.Startup;

/// <summary>What a person sees when the broker is ready: where it is, where the data is, how to use it.</summary>
internal static class StartupBlock
{
    public static string For(ServerOptions options, BoundAddresses addresses)
    {
        var client = ClientAddress.Of(options, addresses.Kafka);
        var http = addresses.Http.Address.Equals(IPAddress.Any) || addresses.Http.Address.Equals(IPAddress.IPv6Any)
            ? new IPEndPoint(IPAddress.Loopback, addresses.Http.Port)
            : addresses.Http;
        return string.Create(CultureInfo.InvariantCulture, $"""
            Orleans Streaming {ProductVersion.Text} is ready: broker {options.BrokerId}, Orleans mode {SiloHosting.Mode}
              kafka       {addresses.Kafka}{(client.ToString() == addresses.Kafka.ToString() ? "" : $" (clients are told {client})")}
              http        http://{http}/health/ready, /health/live, /metrics
              data        {options.DataDirectory}
              cluster     {options.ClusterDirectory}
              produce     kcat -b {client} -P -t words -K :
              consume     kcat -b {client} -C -t words -o beginning -e -K :
              stop        Ctrl+C, or kill {Environment.ProcessId}

            """);
    }
}
