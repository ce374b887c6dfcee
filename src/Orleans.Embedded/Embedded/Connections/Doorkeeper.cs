using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Embedded.Serialization;
using Orleans.Runtime;

namespace Orleans.Embedded.Connections;

/// <summary>
/// Takes connections, lets in who belongs to the cluster and asks for this very incarnation of the silo, and joins the two links
/// of a session. Anything else costs its connection only.
/// </summary>
internal sealed class Doorkeeper(
    SiloAddress local,
    IOptions<ClusterOptions> cluster,
    IOptions<SiloConnectionOptions> options,
    TimeProvider time,
    ILogger logger,
    Func<SiloAddress, bool> isDead,
    Func<byte[]> manifest,
    ISessionHandler handler,
    Action<Session> onOpened)
{
    private readonly ConcurrentDictionary<Guid, Waiting> _halves = new();
    private readonly ConcurrentDictionary<ILink, bool> _strangers = new();
    private volatile bool _isClosed;

    /// <summary>Until the listener is closed.</summary>
    public async Task Run(ILinkListener listener)
    {
        while (await listener.Accept().ConfigureAwait(false) is { } link)
        {
            _ = Greet(link);
        }
    }

    /// <summary>Nobody is let in any more.</summary>
    public void Close()
    {
        _isClosed = true;
        foreach (var link in _strangers.Keys)
        {
            link.Abort();
        }
    }

    private async Task Greet(ILink link)
    {
        _strangers[link] = true;
        using var timeout = new CancellationTokenSource(options.Value.OpenTimeout, time);
        await using var abort = timeout.Token.UnsafeRegister(static link => ((ILink)link!).Abort(), link).ConfigureAwait(false);
        try
        {
            var receiver = new FrameReceiver(link);
            var greeting = Greeting.Read(new WireReader(await receiver.ReadOne(Greeting.MaxBytes).ConfigureAwait(false), []));
            var refusal = Refusal(greeting);
            using var answer = new WireWriter();
            new Welcome(refusal, greeting.From.IsClient && !greeting.IsLarge ? manifest() : []).Write(answer);

            // Its sessions are known before it may use them.
            var half = new Waiting(link, receiver, greeting);
            var other = refusal is null ? Meet(half) : null;
            await Greetings.Send(link, answer).ConfigureAwait(false);
            if (refusal is not null)
            {
                link.Abort();
            }
            else if (other is not null)
            {
                Join(half, other);
            }
            else
            {
                await Wait(half, timeout.Token).ConfigureAwait(false);
            }
        }
        catch (Exception failure)
        {
            logger.ConnectionRefused(failure.Message);
            link.Abort();
        }
        finally
        {
            _strangers.TryRemove(link, out _);
        }
    }

    private string? Refusal(Greeting greeting) =>
        greeting.ClusterId != cluster.Value.ClusterId || greeting.ServiceId != cluster.Value.ServiceId
            ? $"This is {cluster.Value.ServiceId} in cluster {cluster.Value.ClusterId}."
            : !greeting.To.Equals(local) ? $"This is {local}, not {greeting.To}."
            : isDead(greeting.From) ? $"{greeting.From} is dead."
            : _isClosed ? $"{local} is stopping."
            : null;

    /// <summary>The other link of the session when it is here already; else this one waits for it.</summary>
    private Waiting? Meet(Waiting half)
    {
        if (_halves.TryRemove(half.Greeting.Session, out var other))
        {
            return other;
        }

        return _halves.TryAdd(half.Greeting.Session, half) ? null : Meet(half);
    }

    private async Task Wait(Waiting half, CancellationToken cancellationToken)
    {
        try
        {
            await half.Joined.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _halves.TryRemove(new(half.Greeting.Session, half));
        }
    }

    private void Join(Waiting half, Waiting other)
    {
        if (half.Greeting.IsLarge == other.Greeting.IsLarge || !half.Greeting.From.Equals(other.Greeting.From))
        {
            other.Link.Abort();
            throw new InvalidDataException("Two links that do not belong together.");
        }

        var (small, large) = half.Greeting.IsLarge ? (other, half) : (half, other);
        (large.Link as SocketLink)?.WidenBuffers();
        var session = new Session(half.Greeting.From, small.Link, large.Link, options.Value.RingBytes, handler, logger);
        other.Joined.SetResult();
        onOpened(session);
        session.Start(small.Receiver, large.Receiver);
    }

    private sealed record Waiting(ILink Link, FrameReceiver Receiver, Greeting Greeting)
    {
        public TaskCompletionSource Joined { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
