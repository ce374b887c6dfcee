namespace Orleans.Embedded.Rings;

/// <summary>
/// The end of a ring at which bytes are put in. That they are there, and how many, is told to the reader through a socket, which
/// also orders what both do to the memory. One caller at a time.
/// </summary>
internal sealed class RingWriter(RingPlace place)
{
    private long _put;
    private int _at;

    /// <summary>Puts all of the bytes in if there is room for them now; never waits.</summary>
    /// <param name="isAtStart">
    /// They lie at the start of the ring instead of behind the last ones: whenever the ring is empty, so that it takes no more
    /// memory than is under way, and stays in the processor's cache.
    /// </param>
    /// <exception cref="InvalidDataException">The reader claims to have taken what was never put in.</exception>
    /// <exception cref="ObjectDisposedException">The memory is gone.</exception>
    public bool TryWrite(ReadOnlySpan<byte> bytes, out bool isAtStart)
    {
        var waiting = _put - place.TakenOut;
        if (waiting < 0 || waiting > place.Capacity)
        {
            throw new InvalidDataException("A ring's reader counts wrongly.");
        }

        isAtStart = waiting == 0;
        if (bytes.Length > place.Capacity - waiting)
        {
            return false;
        }

        var at = isAtStart ? 0 : _at;
        if (!place.TryAllocate(Math.Min(place.Capacity, at + bytes.Length)))
        {
            return false;
        }

        var first = Math.Min(bytes.Length, place.Capacity - at);
        place.Write(at, bytes[..first]);
        place.Write(0, bytes[first..]);
        _at = first < bytes.Length ? bytes.Length - first : at + first;
        _put += bytes.Length;
        return true;
    }
}
