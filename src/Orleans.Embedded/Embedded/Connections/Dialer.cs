using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Embedded.Serialization;
using Orleans.Runtime;

namespace Orleans.Embedded.Connections;

/// <summary>Opens sessions to silos. Any thread.</summary>
internal sealed class Dialer(
    INetwork network,
    SiloAddress local,
    IOptions<ClusterOptions> cluster,
    IOptions<SiloConnectionOptions> options,
    TimeProvider time,
    ILogger<Dialer> logger)
{
    /// <returns>A session that does not receive before <see cref="Opened.Start"/>.</returns>
    /// <exception cref="SiloUnavailableException">The silo is not there, does not answer, or is another one by now.</exception>
    public async Task<Opened> Open(SiloAddress silo, ISessionHandler handler)
    {
        using var timeout = new CancellationTokenSource(options.Value.OpenTimeout, time);
        var id = Guid.NewGuid();
        Half? small = null;
        Half? large = null;
        try
        {
            small = await OpenLink(silo, id, isLarge: false, timeout.Token).ConfigureAwait(false);
            large = await OpenLink(silo, id, isLarge: true, timeout.Token).ConfigureAwait(false);
            return new Opened(new Session(silo, small.Link, large.Link, options.Value.RingBytes, handler, logger), small, large);
        }
        catch (Exception failure)
        {
            small?.Link.Abort();
            large?.Link.Abort();
            throw new SiloUnavailableException($"{silo} cannot be reached: {failure.Message}", failure);
        }
    }

    private async Task<Half> OpenLink(SiloAddress silo, Guid session, bool isLarge, CancellationToken cancellationToken)
    {
        var link = await network.Connect(silo.Endpoint, cancellationToken).ConfigureAwait(false);

        // Aborting is what ends a receive that waits for an answer.
        await using var abort = cancellationToken.UnsafeRegister(static link => ((ILink)link!).Abort(), link).ConfigureAwait(false);
        try
        {
            if (isLarge)
            {
                (link as SocketLink)?.WidenBuffers();
            }

            using var message = new WireWriter();
            new Greeting(cluster.Value.ClusterId, cluster.Value.ServiceId, local, silo, session, isLarge).Write(message);
            await Greetings.Send(link, message).ConfigureAwait(false);
            var receiver = new FrameReceiver(link);
            var welcome = Welcome.Read(new WireReader(await receiver.ReadOne(Welcome.MaxBytes).ConfigureAwait(false), []));
            return welcome.Refusal is null ? new Half(link, receiver, welcome) : throw new IOException(welcome.Refusal);
        }
        catch
        {
            link.Abort();
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    internal sealed record Half(ILink Link, FrameReceiver Receiver, Welcome Welcome);

    internal sealed record Opened(Session Session, Half Small, Half Large)
    {
        public byte[] Manifest => Small.Welcome.Manifest;

        public void Start() => Session.Start(Small.Receiver, Large.Receiver);
    }
}
