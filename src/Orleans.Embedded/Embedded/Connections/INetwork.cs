using System.Net;
using Orleans.Runtime;

namespace Orleans.Embedded.Connections;

/// <summary>The way to other silos; tests put one in between that fails on demand. Any thread.</summary>
internal interface INetwork
{
    /// <param name="endpoint">Port 0 for any free one.</param>
    /// <exception cref="OrleansConfigurationException">The endpoint cannot be listened on.</exception>
    ILinkListener Listen(IPEndPoint endpoint);

    /// <exception cref="IOException">The connection could not be made.</exception>
    ValueTask<ILink> Connect(IPEndPoint endpoint, CancellationToken cancellationToken);
}

/// <summary>Takes connections. One caller at a time.</summary>
internal interface ILinkListener : IDisposable
{
    IPEndPoint Endpoint { get; }

    /// <summary>Null when the listener is closed.</summary>
    ValueTask<ILink?> Accept();
}
