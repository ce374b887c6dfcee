using System.Net;
using System.Net.Sockets;
using System.Text;
using OrleansStreaming.Kafka.Connections;

namespace OrleansStreaming.Kafka.Tests.Connections;

public sealed class UnpacedLoopbackTests
{
    [Fact]
    public void Listeners_on_loopback_do_not_pace() => WithCongestionControl(
        IPAddress.Loopback, (_, used) => Assert.Equal("reno", used));

    [Fact]
    public void Others_keep_what_the_system_has() => WithCongestionControl(IPAddress.Any, Assert.Equal);

    private static void WithCongestionControl(IPAddress address, Action<string, string> check)
    {
        if (!OperatingSystem.IsLinux())
        {
            return; // it is Linux's own
        }

        // Bound only: nothing outside this machine can connect.
        using var plain = Bind(new IPEndPoint(address, 0));
        using var listener = UnpacedLoopback.Around(Bind)(new IPEndPoint(address, 0));
        check(CongestionControlOf(plain), CongestionControlOf(listener));
    }

    private static Socket Bind(EndPoint endpoint)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(endpoint);
        return socket;
    }

    private static string CongestionControlOf(Socket socket)
    {
        var name = new byte[16];
        var length = socket.GetRawSocketOption(6, 13, name);
        return Encoding.ASCII.GetString(name, 0, length).TrimEnd('\0');
    }
}
