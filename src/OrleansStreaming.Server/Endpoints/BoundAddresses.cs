using System.Net;
using System.Net.Sockets;
using OrleansStreaming.Server.Configuration;

namespace OrleansStreaming.Server.Endpoints;

/// <summary>
/// The listening sockets, bound before anything else starts: a port in use is found while nothing has been touched yet, and a
/// port picked by the system is known before the broker tells others where it is. Kestrel takes the sockets over.
/// </summary>
internal sealed class BoundAddresses : IDisposable
{
    private readonly Dictionary<EndPoint, Socket> _sockets = [];

    private BoundAddresses(Socket kafka, Socket http)
    {
        Kafka = (IPEndPoint)kafka.LocalEndPoint!;
        Http = (IPEndPoint)http.LocalEndPoint!;
        _sockets[Kafka] = kafka;
        _sockets[Http] = http;
    }

    public IPEndPoint Kafka { get; }

    public IPEndPoint Http { get; }

    /// <exception cref="BindException">An address is in use, not of this machine, or unknown.</exception>
    public static BoundAddresses Bind(ServerOptions options)
    {
        var kafka = Bind(options.Kafka, "--kafka");
        try
        {
            return new BoundAddresses(kafka, Bind(options.Http, "--http"));
        }
        catch (BindException)
        {
            kafka.Dispose();
            throw;
        }
    }

    /// <summary>Hands a socket over; null when it is not one of these. The taker owns it from then on.</summary>
    public Socket? Take(EndPoint address) => _sockets.Remove(address, out var socket) ? socket : null;

    public void Dispose()
    {
        foreach (var socket in _sockets.Values)
        {
            socket.Dispose();
        }
    }

    private static Socket Bind(EndpointAddress address, string option)
    {
        Socket? socket = null;
        try
        {
            var endpoint = address.Resolve();
            socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (endpoint.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(endpoint);
            socket.Listen(); // only a listening socket keeps others off the port; the server listens again with its own backlog
            return socket;
        }
        catch (SocketException failure)
        {
            socket?.Dispose();
            throw new BindException(failure.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => $"{option} {address}: the port is in use.",
                SocketError.AddressNotAvailable => $"{option} {address}: this machine has no such address.",
                SocketError.AccessDenied => $"{option} {address}: not allowed to listen on this port.",
                _ => $"{option} {address}: {failure.Message}",
            });
        }
    }
}
