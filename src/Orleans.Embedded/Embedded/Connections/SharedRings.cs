using Microsoft.Extensions.Logging;
using Orleans.Embedded.Rings;
using Orleans.Embedded.Serialization;
using Orleans.Serialization;

namespace Orleans.Embedded.Connections;

/// <summary>
/// The rings of a session, one for each direction that has carried a large message, when both ends are processes of one machine,
/// one user and one view of the others. Through memory a large payload costs two copies; through a socket it costs the copies, the
/// system's buffers, the protocol and several wake-ups. A ring only saves work: it is offered after the first large message, which
/// goes over the link like all until the peer has opened it, and whatever fails, everything goes on over the link. Any thread.
/// </summary>
/// <param name="capacity">Bytes of the ring to the peer; 0 for none.</param>
/// <param name="sender">Of large messages.</param>
/// <param name="tell">Sends a small message to the peer.</param>
internal sealed class SharedRings(int capacity, FrameSender sender, Action<WireWriter> tell, ILogger logger) : IDisposable
{
    private readonly Lock _lock = new();
    private RingPlace? _toPeer;
    private RingPlace? _fromPeer;
    private bool _isOffered = capacity == 0;
    private bool _isDisposed;

    /// <summary>Where large messages are received; known before any is.</summary>
    public FrameReceiver? Receiver { get; set; }

    /// <summary>A large message goes to the peer.</summary>
    public void OnLarge()
    {
        if (Volatile.Read(ref _isOffered) || Interlocked.Exchange(ref _isOffered, true))
        {
            return;
        }

        if (Try(() => RingPlace.Create(capacity)) is { } place && TryKeep(ref _toPeer, place))
        {
            var message = WireWriters.Rent();
            message.WriteByte((byte)MessageKind.RingOffer);
            message.WriteFixed(place.Offer);
            tell(message);
        }
    }

    /// <exception cref="SerializerException">No offer, or the second one.</exception>
    public void OnOffer(WireReader message)
    {
        var offer = message.ReadFixed<RingOffer>();
        if (_fromPeer is not null)
        {
            throw message.Malformed("a second ring");
        }

        if (Try(() => RingPlace.Open(offer)) is { } place && TryKeep(ref _fromPeer, place))
        {
            Receiver!.UseRing(new RingReader(place));
            var answer = WireWriters.Rent();
            answer.WriteByte((byte)MessageKind.RingOpened);
            tell(answer);
        }
    }

    /// <exception cref="SerializerException">Nothing was offered.</exception>
    public void OnOpened(WireReader message) =>
        sender.UseRing(new RingWriter(_toPeer ?? throw message.Malformed("a ring that was not offered")));

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _toPeer?.Dispose();
            _fromPeer?.Dispose();
        }
    }

    private bool TryKeep(ref RingPlace? field, RingPlace place)
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                place.Dispose();
                return false;
            }

            field = place;
            return true;
        }
    }

    private RingPlace? Try(Func<RingPlace> get)
    {
        try
        {
            return get();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or DllNotFoundException or EntryPointNotFoundException)
        {
            logger.RingNotShared(failure.Message);
            return null;
        }
    }
}
