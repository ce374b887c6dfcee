using System.Net;
using System.Net.Sockets;
using OrleansStreaming.Server.Configuration;
using OrleansStreaming.Server.Endpoints;

namespace OrleansStreaming.Server.Tests.Endpoints;

public sealed class BoundAddressesTests
{
    [Fact]
    public void PortZeroBecomesARealPort()
    {
        using var addresses = BoundAddresses.Bind(Options("127.0.0.1:0", "127.0.0.1:0"));

        Assert.NotEqual(0, addresses.Kafka.Port);
        Assert.NotEqual(0, addresses.Http.Port);
        using var socket = addresses.Take(addresses.Kafka);
        Assert.NotNull(socket);
        Assert.Null(addresses.Take(addresses.Kafka));
    }

    [Fact]
    public void APortInUseIsRefusedInOneLine()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        var taken = other.LocalEndPoint!.ToString()!;

        var failure = Assert.Throws<BindException>(() => BoundAddresses.Bind(Options("127.0.0.1:0", taken)));

        Assert.Equal($"--http {taken}: the port is in use.", failure.Message);
    }

    [Fact]
    public void AnAddressOfAnotherMachineIsRefused() => // TEST-NET-1, RFC 5737
        Assert.Throws<BindException>(() => BoundAddresses.Bind(Options("192.0.2.1:0", "127.0.0.1:0")));

    private static ServerOptions Options(string kafka, string http) => new()
    {
        BrokerId = 1,
        DataDirectory = "/nowhere",
        ClusterDirectory = "/nowhere",
        Kafka = Parse(kafka),
        Http = Parse(http),
        Advertised = null,
        Configs = new Dictionary<string, string>(),
        Telemetry = null,
    };

    private static EndpointAddress Parse(string text) =>
        EndpointAddress.TryParse(text, out var address) ? address : throw new FormatException(text);
}
