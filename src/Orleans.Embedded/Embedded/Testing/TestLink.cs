using System.Net;
using Orleans.Embedded.Connections;

namespace Orleans.Embedded.Testing;

/// <summary>One silo's way into the test network.</summary>
internal sealed class TestSiloNetwork(string name, EmbeddedTestNetwork network) : INetwork
{
    private readonly SocketNetwork _sockets = new();

    public ILinkListener Listen(IPEndPoint endpoint)
    {
        var listener = _sockets.Listen(endpoint);
        network.Name(listener.Endpoint, name);
        return listener;
    }

    public async ValueTask<ILink> Connect(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        var peer = network.NameOf(endpoint);
        var there = network.Between(name, peer);
        var back = network.Between(peer, name);
        if (there.IsCut || back.IsCut)
        {
            throw new IOException($"{name} and {peer} are cut off from each other.");
        }

        var link = new TestLink(network, name, peer, await _sockets.Connect(endpoint, cancellationToken).ConfigureAwait(false));
        if (there.IsCut || back.IsCut)
        {
            link.Abort();
        }

        return link;
    }
}

/// <summary>A connection, seen from the side that made it, which delays both directions.</summary>
internal sealed class TestLink : ILink
{
    private readonly EmbeddedTestNetwork _network;
    private readonly ILink _link;
    private readonly string _from;
    private readonly string _to;
    private readonly CancellationTokenSource _aborted = new();

    public TestLink(EmbeddedTestNetwork network, string from, string to, ILink link)
    {
        (_network, _from, _to, _link) = (network, from, to, link);
        network.Add(this);
    }

    public bool IsBetween(string a, string b) => (_from == a && _to == b) || (_from == b && _to == a);

    public async ValueTask<int> Receive(Memory<byte> buffer)
    {
        var received = await _link.Receive(buffer).ConfigureAwait(false);
        await _network.Between(_to, _from).Pass(_aborted.Token).ConfigureAwait(false);
        return received;
    }

    public async ValueTask Send(List<ArraySegment<byte>> buffers)
    {
        await _network.Between(_from, _to).Pass(_aborted.Token).ConfigureAwait(false);
        await _link.Send(buffers).ConfigureAwait(false);
    }

    public void Abort()
    {
        _network.Remove(this);
        _aborted.Cancel();
        _link.Abort();
    }
}
