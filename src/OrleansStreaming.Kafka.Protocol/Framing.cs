using System.Buffers;
using System.Buffers.Binary;

namespace OrleansStreaming.Kafka.Protocol;

/// <summary>What the bytes received so far are.</summary>
public enum FrameStatus
{
    /// <summary>Not yet a whole frame.</summary>
    NeedMore,

    /// <summary>One whole frame.</summary>
    Frame,

    /// <summary>A size that is negative or above the limit: close the connection.</summary>
    BadSize,

    /// <summary>An HTTP request or answer: close the connection.</summary>
    Http,

    /// <summary>A TLS handshake on a port without TLS: close the connection.</summary>
    Tls,
}

/// <summary>Frames: each message is preceded by its size as four bytes, big-endian.</summary>
public static class Framing
{
    /// <summary>Bytes of the size prefix.</summary>
    public const int PrefixSize = 4;

    /// <summary>Kafka's default of <c>socket.request.max.bytes</c>: 100 MiB.</summary>
    public const int DefaultMaxSize = 104_857_600;

    /// <summary>Looks for a frame at the start of <paramref name="received"/>; nothing is copied.</summary>
    /// <param name="received">What has arrived and not been consumed.</param>
    /// <param name="maxSize">The largest frame accepted, in bytes without the prefix.</param>
    /// <param name="frame">The frame without its prefix, when there is one; consume up to its end.</param>
    /// <param name="size">The size the prefix says, once it is there; 0 before.</param>
    public static FrameStatus Parse(ReadOnlySequence<byte> received, int maxSize, out ReadOnlySequence<byte> frame, out int size)
    {
        frame = default;
        size = 0;
        if (received.Length < PrefixSize)
        {
            return FrameStatus.NeedMore;
        }

        Span<byte> prefix = stackalloc byte[PrefixSize];
        received.Slice(0, PrefixSize).CopyTo(prefix);
        size = BinaryPrimitives.ReadInt32BigEndian(prefix);
        if (size < 0 || size > maxSize)
        {
            return Foreign(prefix);
        }

        if (received.Length - PrefixSize < size)
        {
            return FrameStatus.NeedMore;
        }

        frame = received.Slice(PrefixSize, size);
        return FrameStatus.Frame;
    }

    /// <summary>Names what a port scanner, a browser or a misconfigured client sends; such first bytes all read as a size far above any limit.</summary>
    private static FrameStatus Foreign(ReadOnlySpan<byte> prefix)
    {
        if (prefix is [0x16, 0x03, ..])
        {
            return FrameStatus.Tls;
        }

        return prefix.SequenceEqual("GET "u8) || prefix.SequenceEqual("POST"u8) || prefix.SequenceEqual("HEAD"u8)
            || prefix.SequenceEqual("PUT "u8) || prefix.SequenceEqual("HTTP"u8)
            ? FrameStatus.Http
            : FrameStatus.BadSize;
    }
}
