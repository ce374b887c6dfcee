namespace Orleans.Embedded.Rings;

/// <summary>The end of a ring at which bytes are taken out. One caller at a time.</summary>
internal sealed class RingReader(RingPlace place)
{
    private long _taken;
    private int _at;

    /// <summary>Takes out the next bytes. When the writer has lied about them they are any bytes.</summary>
    /// <param name="isAtStart">As the writer has told.</param>
    /// <exception cref="InvalidDataException">No ring can hold so many.</exception>
    /// <exception cref="IOException">The system has no memory for what the writer has not written.</exception>
    /// <exception cref="ObjectDisposedException">The memory is gone.</exception>
    public void Read(Span<byte> bytes, bool isAtStart)
    {
        if (bytes.Length > place.Capacity)
        {
            throw new InvalidDataException($"{bytes.Length} bytes from a ring of {place.Capacity}.");
        }

        var at = isAtStart ? 0 : _at;
        if (!place.TryAllocate(Math.Min(place.Capacity, at + bytes.Length)))
        {
            throw new IOException("There is no memory for a ring.");
        }

        var first = Math.Min(bytes.Length, place.Capacity - at);
        place.Read(at, bytes[..first]);
        place.Read(0, bytes[first..]);
        _at = first < bytes.Length ? bytes.Length - first : at + first;
        _taken += bytes.Length;
        place.TakenOut = _taken;
    }
}
