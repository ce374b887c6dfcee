using System.Net;
using System.Net.Sockets;
using Orleans.Runtime;

namespace Orleans.Embedded.Connections;

/// <summary>TCP.</summary>
internal sealed class SocketNetwork : INetwork
{
    private const int Backlog = 512;

    public ILinkListener Listen(IPEndPoint endpoint)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endpoint);
            socket.Listen(Backlog);
            return new Listener(socket);
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            throw new OrleansConfigurationException($"Silos cannot be listened for on {endpoint}: {failure.Message}", failure);
        }
    }

    public async ValueTask<ILink> Connect(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint, cancellationToken).ConfigureAwait(false);
            return new SocketLink(socket);
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            throw new IOException($"No connection to {endpoint}: {failure.Message}", failure);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class Listener(Socket socket) : ILinkListener
    {
        public IPEndPoint Endpoint { get; } = (IPEndPoint)socket.LocalEndPoint!;

        public async ValueTask<ILink?> Accept()
        {
            while (true)
            {
                try
                {
                    return new SocketLink(await socket.AcceptAsync().ConfigureAwait(false));
                }
                catch (SocketException failure) when (failure.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
                {
                    // The peer was gone before it was taken.
                }
                catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
                {
                    return null;
                }
            }
        }

        public void Dispose() => socket.Dispose();
    }
}
