using System.Buffers;

namespace OrleansStreaming.Records.Tests;

/// <summary>Cuts bytes into sequences of several segments, each in an array of its own.</summary>
internal static class Segments
{
    internal static ReadOnlySequence<byte> Split(byte[] bytes, int size) =>
        Of([.. bytes.Chunk(size)]);

    internal static ReadOnlySequence<byte> Of(params byte[][] parts)
    {
        Segment first = new(parts.Length == 0 ? [] : parts[0], 0);
        Segment last = first;
        foreach (byte[] part in parts.Skip(1))
        {
            last = last.Append(part);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        internal Segment(byte[] bytes, long runningIndex)
        {
            Memory = bytes;
            RunningIndex = runningIndex;
        }

        internal Segment Append(byte[] bytes)
        {
            Segment next = new(bytes, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
