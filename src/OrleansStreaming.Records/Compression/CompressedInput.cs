using System.Buffers;

namespace OrleansStreaming.Records.Compression;

/// <summary>Reads forward through a compressed payload that may lie in several segments.</summary>
internal struct CompressedInput(in ReadOnlySequence<byte> bytes)
{
    private readonly ReadOnlySequence<byte> _bytes = bytes;
    private SequencePosition _next = bytes.Start;
    private ReadOnlyMemory<byte> _current;

    /// <summary>Bytes left.</summary>
    internal long Length { get; private set; } = bytes.Length;

    /// <summary>The bytes at hand without a copy; none only at the payload's end.</summary>
    internal ReadOnlySpan<byte> Current
    {
        get
        {
            while (_current.IsEmpty && _bytes.TryGet(ref _next, out _current))
            {
            }

            return _current.Span;
        }
    }

    /// <summary>Passes over bytes that are there.</summary>
    internal void Advance(int count)
    {
        Length -= count;
        while (count > Current.Length)
        {
            count -= _current.Length;
            _current = default;
        }

        _current = _current[count..];
    }

    /// <summary>Copies the next bytes without passing over them; false when fewer are left.</summary>
    internal readonly bool TryPeek(Span<byte> destination)
    {
        if (Length < destination.Length)
        {
            return false;
        }

        CompressedInput ahead = this;
        while (!destination.IsEmpty)
        {
            ReadOnlySpan<byte> part = ahead.Current;
            part = part[..Math.Min(part.Length, destination.Length)];
            part.CopyTo(destination);
            destination = destination[part.Length..];
            ahead.Advance(part.Length);
        }

        return true;
    }
}
