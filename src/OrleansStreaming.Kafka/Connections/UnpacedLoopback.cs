using System.Net;
using System.Net.Sockets;

namespace OrleansStreaming.Kafka.Connections;

/// <summary>
/// Takes loopback listeners out of the system's congestion control, which may be one that paces (BBR): then the kernel arms a
/// timer for nearly every segment, half of the CPU that sending costs, and there is no path to be gentle with. Reno is there on
/// every Linux and open to every user. Listeners that a network can reach keep what the system has.
/// </summary>
internal static class UnpacedLoopback
{
    // IPPROTO_TCP and TCP_CONGESTION of Linux, tcp(7). Accepted connections inherit it.
    private const int Tcp = 6;
    private const int Congestion = 13;

    /// <summary>Wraps a way to bind listeners.</summary>
    public static Func<EndPoint, Socket> Around(Func<EndPoint, Socket> bind) => endpoint =>
    {
        var listener = bind(endpoint);
        if (OperatingSystem.IsLinux() && listener.LocalEndPoint is IPEndPoint { Address: var address } && IPAddress.IsLoopback(address))
        {
            try
            {
                listener.SetRawSocketOption(Tcp, Congestion, "reno"u8);
            }
            catch (SocketException)
            {
                // It works as well with what the system has, at its price.
            }
        }

        return listener;
    };
}
