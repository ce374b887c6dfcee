using System.Collections.Concurrent;
using Orleans.Embedded.Calls;
using Orleans.Embedded.Connections;
using Orleans.Embedded.Serialization;
using Orleans.Runtime;

namespace Orleans.Embedded.Remoting;

/// <summary>
/// The other silos as this process talks to them: one session opened from here for each, made when it is first needed and again
/// when it broke, and those opened by others. Any thread.
/// </summary>
internal sealed class RemoteSilos(Dialer dialer, CallMessages messages) : IRemoteSilos, ISessionHandler
{
    private readonly ConcurrentDictionary<SiloAddress, Session> _open = new();
    private readonly ConcurrentDictionary<SiloAddress, Lazy<Task<Session>>> _opening = new();
    private readonly ConcurrentDictionary<Session, bool> _all = new();
    private volatile bool _isClosed;

    /// <summary>A call from elsewhere is to be delivered; the flag says whether this silo was chosen to activate the grain.</summary>
    public event Action<GrainCall, bool>? Received;

    /// <summary>A call was not sent, and runs nowhere: the silo cannot be reached.</summary>
    public event Action<GrainCall, SiloAddress, Exception>? NotSent;

    /// <summary>The reply is there, and the call says who ran it; it gets its outcome next.</summary>
    public event Action<GrainCall>? Served;

    /// <summary>A peer says that the membership has changed, or a session broke.</summary>
    public event Action? MembershipDoubted;

    /// <summary>A question to the directory: the session, the number of the answer, the question.</summary>
    public event Action<Session, WireReader>? DirectoryAsked;

    /// <summary>What grains there are, as the last silo told a client.</summary>
    public event Action<byte[]>? ManifestReceived;

    public void Send(SiloAddress silo, GrainCall call, bool mayActivate)
    {
        if (_open.TryGetValue(silo, out var session) && !session.IsBroken)
        {
            Send(session, call, mayActivate);
        }
        else
        {
            _ = OpenAndSend(silo, call, mayActivate);
        }
    }

    /// <summary>The session to the silo.</summary>
    /// <exception cref="SiloUnavailableException">The silo cannot be reached.</exception>
    public Task<Session> Open(SiloAddress silo)
    {
        if (_open.TryGetValue(silo, out var session) && !session.IsBroken)
        {
            return Task.FromResult(session);
        }

        return _opening.GetOrAdd(silo, static (silo, self) => new(() => self.OpenNew(silo)), this).Value;
    }

    /// <summary>A session that another process has opened.</summary>
    public void Add(Session session)
    {
        StateOf(session);
        _all[session] = true;
        if (_isClosed || session.IsBroken)
        {
            session.Break(new IOException("The silo has stopped."));
            _all.TryRemove(session, out _);
        }
    }

    /// <summary>Tells all peers that the membership has changed.</summary>
    public void Gossip()
    {
        foreach (var session in _all.Keys)
        {
            var message = WireWriters.Rent();
            message.WriteByte((byte)MessageKind.Gossip);
            try
            {
                session.Send(message);
            }
            catch (OrleansMessageRejectionException)
            {
                // It will look by itself.
            }
        }
    }

    /// <summary>Nothing goes to or comes from these silos any more.</summary>
    public void BreakWith(Func<SiloAddress, bool> isDead)
    {
        foreach (var session in _all.Keys)
        {
            if (isDead(session.Peer))
            {
                session.Break(new IOException($"{session.Peer} is dead."));
            }
        }
    }

    /// <summary>Ends all sessions, at once or after what is queued was sent.</summary>
    public async Task Close(TimeSpan atMost, TimeProvider time)
    {
        _isClosed = true;
        if (atMost > TimeSpan.Zero)
        {
            await Task.WhenAll(_all.Keys.Select(session => session.Close(atMost, time))).ConfigureAwait(false);
        }

        foreach (var session in _all.Keys)
        {
            session.Break(new IOException("The silo has stopped."));
        }
    }

    public void OnMessage(Session session, MessageKind kind, WireReader message)
    {
        switch (kind)
        {
            case MessageKind.Request or MessageKind.OneWayRequest:
                StateOf(session).OnRequest(message, kind == MessageKind.OneWayRequest);
                break;
            case MessageKind.GiveUp:
                StateOf(session).OnGiveUp(message);
                break;
            case MessageKind.Cancel:
                StateOf(session).OnCancel(message);
                break;
            case MessageKind.Gossip:
                MembershipDoubted?.Invoke();
                break;
            case MessageKind.DirectoryRequest when DirectoryAsked is { } asked:
                asked(session, message);
                break;
            default:
                throw message.Malformed($"a message of kind {kind}");
        }
    }

    public void OnBroken(Session session, Exception reason)
    {
        _all.TryRemove(session, out _);
        _open.TryRemove(new(session.Peer, session));
        MembershipDoubted?.Invoke();
    }

    private ReceivedCalls StateOf(Session session) =>
        (ReceivedCalls)(session.State ??= new ReceivedCalls(session, messages, (call, mayActivate) => Received!(call, mayActivate)));

    private async Task<Session> OpenNew(SiloAddress silo)
    {
        try
        {
            if (_isClosed)
            {
                throw new SiloUnavailableException("The silo has stopped.");
            }

            var opened = await dialer.Open(silo, this).ConfigureAwait(false);
            StateOf(opened.Session);
            _all[opened.Session] = true;
            _open[silo] = opened.Session;
            ManifestReceived?.Invoke(opened.Manifest);
            opened.Start();
            if (_isClosed)
            {
                opened.Session.Break(new IOException("The silo has stopped."));
            }

            return opened.Session;
        }
        finally
        {
            _opening.TryRemove(silo, out _);
        }
    }

    private async Task OpenAndSend(SiloAddress silo, GrainCall call, bool mayActivate)
    {
        Session session;
        try
        {
            session = await Open(silo).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            MembershipDoubted?.Invoke();
            NotSent!(call, silo, failure);
            return;
        }

        Send(session, call, mayActivate);
    }

    private void Send(Session session, GrainCall call, bool mayActivate)
    {
        if (call.IsAbandoned)
        {
            return;
        }

        var message = WireWriters.Rent();
        SentCall? sent = null;
        try
        {
            if (!call.Method.IsOneWay)
            {
                sent = new SentCall(call, session, messages, Served!);
                sent.Number = session.Await(sent);
            }

            messages.WriteRequest(message, call, sent?.Number ?? 0, mayActivate);
            session.Send(message);
        }
        catch (SiloUnavailableException failure) when (sent is null || session.Forget(sent.Number))
        {
            NotSent!(call, session.Peer, failure);
            return;
        }
        catch (Exception failure)
        {
            if (sent is not null)
            {
                session.Forget(sent.Number);
            }

            call.Fail(failure);
            return;
        }

        if (sent is not null)
        {
            Follow(call, sent);
        }
    }

    /// <summary>From here on cancellation and giving up reach the peer, also when they came while the call was sent.</summary>
    private static void Follow(GrainCall call, SentCall sent)
    {
        call.Remote = sent;
        call.Cancellation?.Begin(sent);
        if (call.HasOutcome)
        {
            sent.OnSettled();
        }
    }
}
