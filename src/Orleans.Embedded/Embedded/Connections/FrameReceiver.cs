using System.Buffers;
using System.Buffers.Binary;
using Orleans.Embedded.Rings;

namespace Orleans.Embedded.Connections;

/// <summary>Takes what a link brings, one frame at a time. One caller.</summary>
internal interface IFrameHandler
{
    /// <param name="head">Valid during the call only.</param>
    /// <param name="attachments">The receiver's own from here on.</param>
    /// <exception cref="InvalidDataException">The frame makes no sense: the connection is closed.</exception>
    void OnFrame(ReadOnlyMemory<byte> head, ArraySegment<byte>[] attachments);
}

/// <summary>
/// Reads frames from a link; large attachments go from the system straight into the arrays that keep them. The arrays of the very
/// large come from <see cref="ArrayPool{T}.Shared"/>: who knows that nobody refers to them any more may give them back, and what
/// is never given back is the garbage collector's, as any array is.
/// </summary>
internal sealed class FrameReceiver(ILink link)
{
    private const int RingFlags = FrameLimits.InRing | FrameLimits.AtStart;
    private const int BufferBytes = 64 * 1024;

    /// <summary>
    /// Below, the garbage collector is the better pool; above lie the arrays that it frees only in full collections, and whose
    /// memory it gets fresh from the system again and again.
    /// </summary>
    private const int PooledBytes = 64 * 1024;

    private volatile RingReader? _ring;
    private byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;

    /// <summary>Attachments may lie in this ring from now on. Before the peer is told so; any thread.</summary>
    public void UseRing(RingReader ring) => _ring = ring;

    /// <summary>Until the end of the stream between two frames.</summary>
    /// <exception cref="InvalidDataException">What comes is no frame, or too large.</exception>
    /// <exception cref="EndOfStreamException">The stream ends within a frame.</exception>
    public async Task ReadAll(IFrameHandler handler)
    {
        while (await TryReadHeader().ConfigureAwait(false))
        {
            var headLength = Int32At(0);
            var count = Int32At(4);
            if ((uint)headLength > FrameLimits.MaxFrameBytes || (uint)count > FrameLimits.MaxAttachments)
            {
                throw new InvalidDataException($"A frame with a head of {(uint)headLength} bytes and {(uint)count} attachments.");
            }

            var lead = FrameLimits.HeaderBytes + (4 * count) + headLength;
            await Fill(lead).ConfigureAwait(false);
            var ring = _ring;
            var lengths = count == 0 ? [] : LengthsOf(count, headLength, ring is not null);
            var head = _buffer.AsMemory(_start + lead - headLength, headLength);
            _start += lead;
            if (count == 0)
            {
                handler.OnFrame(head, []);
                continue;
            }

            // What is read next may overwrite the head.
            head = head.ToArray();
            var attachments = new ArraySegment<byte>[count];
            for (var i = 0; i < count; i++)
            {
                attachments[i] = await ReadAttachment(lengths[i], ring).ConfigureAwait(false);
            }

            handler.OnFrame(head, attachments);
        }
    }

    /// <summary>A single frame without attachments, of at most so many bytes: what strangers may send.</summary>
    public async Task<byte[]> ReadOne(int maxBytes)
    {
        await Fill(FrameLimits.HeaderBytes).ConfigureAwait(false);
        var length = Int32At(0);
        if ((uint)length > maxBytes || Int32At(4) != 0)
        {
            throw new InvalidDataException("Not a greeting.");
        }

        await Fill(FrameLimits.HeaderBytes + length).ConfigureAwait(false);
        var head = _buffer.AsSpan(_start + FrameLimits.HeaderBytes, length).ToArray();
        _start += FrameLimits.HeaderBytes + length;
        return head;
    }

    private int Int32At(int offset) => BinaryPrimitives.ReadInt32LittleEndian(_buffer.AsSpan(_start + offset));

    /// <summary>With the flags that tell where the bytes are, if there may be any.</summary>
    private int[] LengthsOf(int count, int headLength, bool hasRing)
    {
        var lengths = new int[count];
        long total = headLength;
        for (var i = 0; i < count; i++)
        {
            lengths[i] = Int32At(FrameLimits.HeaderBytes + (4 * i));
            total += (uint)(hasRing ? lengths[i] & ~RingFlags : lengths[i]);
        }

        return total <= FrameLimits.MaxFrameBytes ? lengths : throw new InvalidDataException($"A frame of {total} bytes.");
    }

    private async ValueTask<bool> TryReadHeader()
    {
        if (_start == _end)
        {
            _start = _end = 0;
            _end = await link.Receive(_buffer).ConfigureAwait(false);
            if (_end == 0)
            {
                return false;
            }
        }

        await Fill(FrameLimits.HeaderBytes).ConfigureAwait(false);
        return true;
    }

    /// <summary>So many bytes from the start are in the buffer.</summary>
    private async ValueTask Fill(int count)
    {
        if (_end - _start >= count)
        {
            return;
        }

        if (_start + count > _buffer.Length)
        {
            var buffer = count <= BufferBytes ? (_buffer.Length == BufferBytes ? _buffer : new byte[BufferBytes]) : new byte[count];
            _buffer.AsSpan(_start, _end - _start).CopyTo(buffer);
            _buffer = buffer;
            _end -= _start;
            _start = 0;
        }

        while (_end - _start < count)
        {
            var received = await link.Receive(_buffer.AsMemory(_end)).ConfigureAwait(false);
            _end += received > 0 ? received : throw new EndOfStreamException("The connection ended within a message.");
        }
    }

    private async ValueTask<ArraySegment<byte>> ReadAttachment(int length, RingReader? ring)
    {
        var flags = length & RingFlags;
        length &= ~RingFlags;
        var array = length < PooledBytes ? GC.AllocateUninitializedArray<byte>(length) : ArrayPool<byte>.Shared.Rent(length);
        if (flags != 0)
        {
            ring!.Read(array.AsSpan(0, length), isAtStart: (flags & FrameLimits.AtStart) != 0);
            return new(array, 0, length);
        }

        var at = Math.Min(length, _end - _start);
        _buffer.AsSpan(_start, at).CopyTo(array);
        _start += at;
        while (at < length)
        {
            var received = await link.Receive(array.AsMemory(at, length - at)).ConfigureAwait(false);
            at += received > 0 ? received : throw new EndOfStreamException("The connection ended within a message.");
        }

        return new(array, 0, length);
    }
}
