using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orleans.Embedded.Serialization;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Orleans.Embedded.Connections;

/// <summary>Something that waits for the reply to a message. Called once, from any thread.</summary>
internal interface IAwaitedReply
{
    void OnReply(MessageKind kind, WireReader reply);

    /// <summary>No reply will come.</summary>
    void OnBroken(Exception reason);
}

/// <summary>What happens to a session. From any thread, two messages at the same time when they came over different links.</summary>
internal interface ISessionHandler
{
    /// <summary>Anything but replies.</summary>
    /// <exception cref="SerializerException">The message makes no sense: the session is broken off.</exception>
    void OnMessage(Session session, MessageKind kind, WireReader message);

    /// <summary>Once.</summary>
    void OnBroken(Session session, Exception reason);
}

/// <summary>
/// A conversation with a peer over two links, of which one is for small messages and the other for large ones, so that the small
/// ones do not wait behind the large. Messages of one size keep their order. When a link breaks, the session is over. Any thread.
/// </summary>
internal sealed class Session
{
    private readonly ConcurrentDictionary<long, IAwaitedReply> _awaited = new();
    private readonly ISessionHandler _handler;
    private readonly ILink[] _links;
    private readonly FrameSender[] _senders;
    private readonly SharedRings _rings;
    private long _lastNumber;
    private Exception? _brokenBy;

    /// <param name="ringBytes">Of the ring for large payloads to the peer; 0 for none.</param>
    public Session(SiloAddress peer, ILink small, ILink large, int ringBytes, ISessionHandler handler, ILogger logger)
    {
        Peer = peer;
        _handler = handler;
        _links = [small, large];
        _senders = [.. _links.Select(link => new FrameSender(link, FrameLimits.MaxQueuedBytes, Break))];
        _rings = new SharedRings(ringBytes, _senders[1], Tell, logger);
    }

    public SiloAddress Peer { get; }

    /// <summary>What the handler keeps about this session.</summary>
    public object? State { get; set; }

    public bool IsBroken => Volatile.Read(ref _brokenBy) is not null;

    /// <summary>Starts to receive.</summary>
    /// <param name="small">Of the link for small messages, with what was received already.</param>
    /// <param name="large">The same for large ones.</param>
    public void Start(FrameReceiver small, FrameReceiver large)
    {
        _rings.Receiver = large;
        _ = Receive(small);
        _ = Receive(large);
    }

    /// <summary>Never blocks.</summary>
    /// <param name="message">The session's own from here on.</param>
    /// <exception cref="OrleansMessageRejectionException">The peer is gone, or too slow for all that waits for it.</exception>
    public void Send(WireWriter message)
    {
        long size = message.Length;
        var attachments = message.Attachments;
        for (var i = 0; i < attachments.Count; i++)
        {
            size += attachments[i].Length;
        }

        if (size > FrameLimits.MaxFrameBytes)
        {
            WireWriters.Return(message);
            throw new OrleansMessageRejectionException($"A message of {size} bytes is larger than {FrameLimits.MaxFrameBytes}.");
        }

        var isLarge = size >= FrameLimits.LargeFrameBytes;
        if (isLarge)
        {
            _rings.OnLarge();
        }

        if (!_senders[isLarge ? 1 : 0].TrySend(message, size))
        {
            WireWriters.Return(message);
            throw Volatile.Read(ref _brokenBy) is { } reason
                ? Unavailable(reason)
                : new OrleansMessageRejectionException($"{Peer} does not take messages as fast as they come.");
        }
    }

    /// <summary>The number under which the reply will come. It is awaited until it comes, the session breaks, or <see cref="Forget"/>.</summary>
    public long Await(IAwaitedReply reply)
    {
        var number = Interlocked.Increment(ref _lastNumber);
        _awaited[number] = reply;
        if (Volatile.Read(ref _brokenBy) is { } reason && _awaited.TryRemove(number, out _))
        {
            reply.OnBroken(Unavailable(reason));
        }

        return number;
    }

    /// <summary>False when the reply is there already.</summary>
    public bool Forget(long number) => _awaited.TryRemove(number, out _);

    /// <summary>Sends what is queued, as far as the peer takes it in time, then ends the session.</summary>
    public async Task Close(TimeSpan atMost, TimeProvider time)
    {
        try
        {
            await Task.WhenAll(_senders.Select(sender => sender.Drain())).WaitAsync(atMost, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The peer has stopped reading: it will see the end of the connection instead.
        }

        Break(new IOException("The session was closed."));
    }

    /// <summary>Ends the session at once: everyone who waits for a reply learns it.</summary>
    public void Break(Exception reason)
    {
        if (Interlocked.CompareExchange(ref _brokenBy, reason, null) is not null)
        {
            return;
        }

        for (var i = 0; i < _links.Length; i++)
        {
            _senders[i].Close();
            _links[i].Abort();
        }

        _rings.Dispose();

        // First of all the owner, so that nobody who tries again gets this session again.
        _handler.OnBroken(this, reason);
        foreach (var number in _awaited.Keys)
        {
            if (_awaited.TryRemove(number, out var reply))
            {
                reply.OnBroken(Unavailable(reason));
            }
        }
    }

    private SiloUnavailableException Unavailable(Exception reason) =>
        new($"The connection to {Peer} is broken: {reason.Message}", reason);

    /// <summary>What gets lost with the session matters to nobody.</summary>
    private void Tell(WireWriter message)
    {
        if (!_senders[0].TrySend(message, message.Length))
        {
            WireWriters.Return(message);
        }
    }

    private async Task Receive(FrameReceiver receiver)
    {
        try
        {
            await receiver.ReadAll(new Dispatcher(this)).ConfigureAwait(false);
            Break(new EndOfStreamException($"{Peer} has closed the connection."));
        }
        catch (Exception failure)
        {
            Break(failure);
        }
    }

    /// <summary>Takes the frames of one link.</summary>
    private sealed class Dispatcher(Session session) : IFrameHandler
    {
        private readonly WireReader _reader = new();

        public void OnFrame(ReadOnlyMemory<byte> head, ArraySegment<byte>[] attachments)
        {
            _reader.Reset(head, attachments);
            var kind = (MessageKind)_reader.ReadByte();
            if (kind == MessageKind.RingOffer)
            {
                session._rings.OnOffer(_reader);
            }
            else if (kind == MessageKind.RingOpened)
            {
                session._rings.OnOpened(_reader);
            }
            else if (kind is not (MessageKind.Result or MessageKind.Failure or MessageKind.DirectoryReply))
            {
                session._handler.OnMessage(session, kind, _reader);
            }
            else if (session._awaited.TryRemove((long)_reader.ReadVarUInt(), out var reply))
            {
                reply.OnReply(kind, _reader);
            }

            _reader.Reset();
        }
    }
}
