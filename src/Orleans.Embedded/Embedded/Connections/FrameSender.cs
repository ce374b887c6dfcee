using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Orleans.Embedded.Rings;
using Orleans.Embedded.Serialization;

namespace Orleans.Embedded.Connections;

/// <summary>
/// Sends frames over a link in the order given. What queues up while a send runs goes out in the next one. Any thread.
/// </summary>
internal sealed class FrameSender(ILink link, long maxQueuedBytes, Action<Exception> onBroken)
{
    /// <summary>A batch is closed when it has this many bytes, so that a sender does not hold much more than the kernel takes.</summary>
    private const int BatchBytes = 1 << 20;
    private const int SmallPartsBytes = 64 * 1024;
    private const int MaxSegments = 256;

    private readonly Lock _lock = new();
    private readonly Queue<Frame> _queue = new();
    private readonly List<ArraySegment<byte>> _segments = [];
    private readonly List<WireWriter> _batch = [];
    private volatile RingWriter? _ring;
    private byte[] _smallParts = new byte[SmallPartsBytes];
    private long _queuedBytes;
    private bool _isSending;
    private bool _isClosed;
    private TaskCompletionSource? _drained;

    /// <summary>From now on large attachments go through the ring while it has room for them.</summary>
    public void UseRing(RingWriter ring) => _ring = ring;

    /// <summary>Never blocks and never throws.</summary>
    /// <param name="message">The sender's own from here on, and then the pool's, unless it was not taken.</param>
    /// <returns>False when the message was not taken: too much waits, or the sender is closed.</returns>
    public bool TrySend(WireWriter message, long size)
    {
        var frame = new Frame(message, size);
        lock (_lock)
        {
            if (_isClosed || _queuedBytes + frame.Size > maxQueuedBytes)
            {
                return false;
            }

            _queuedBytes += frame.Size;
            _queue.Enqueue(frame);
            if (_isSending)
            {
                return true;
            }

            _isSending = true;
        }

        // On the caller's thread: an idle connection sends without waking anybody.
        _ = SendQueued();
        return true;
    }

    /// <summary>Completes when everything queued was handed to the system.</summary>
    public Task Drain()
    {
        lock (_lock)
        {
            if (!_isSending)
            {
                return Task.CompletedTask;
            }

            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }

    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            _queue.Clear();
            _drained?.TrySetResult();
        }
    }

    private async Task SendQueued()
    {
        try
        {
            var isCallersThread = true;
            while (true)
            {
                var bytes = FillBatch();
                if (bytes < 0)
                {
                    return;
                }

                await link.Send(_segments).ConfigureAwait(false);
                foreach (var message in _batch)
                {
                    WireWriters.Return(message);
                }

                lock (_lock)
                {
                    _queuedBytes -= bytes;
                    if (_queue.Count == 0)
                    {
                        _isSending = false;
                        _drained?.TrySetResult();
                        _drained = null;
                        return;
                    }
                }

                if (isCallersThread)
                {
                    // The caller has its own work; what others have queued meanwhile is not its business.
                    isCallersThread = false;
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                }
            }
        }
        catch (Exception failure)
        {
            Close();
            onBroken(failure);
        }
    }

    /// <summary>The bytes of the frames taken; negative when there is nothing to send.</summary>
    private long FillBatch()
    {
        _segments.Clear();
        _batch.Clear();
        var used = 0;
        var flushed = 0;
        long bytes = 0;
        while (bytes < BatchBytes && _segments.Count < MaxSegments)
        {
            Frame frame;
            lock (_lock)
            {
                if (!_queue.TryPeek(out frame) || (bytes > 0 && used + SmallSize(frame) > _smallParts.Length))
                {
                    break;
                }

                _queue.Dequeue();
            }

            if (SmallSize(frame) > _smallParts.Length)
            {
                _smallParts = new byte[SmallSize(frame)];
            }

            bytes += frame.Size;
            _batch.Add(frame.Message);
            used = Append(frame.Message, used, ref flushed);
        }

        if (used > flushed)
        {
            _segments.Add(new(_smallParts, flushed, used - flushed));
        }

        lock (_lock)
        {
            if (_segments.Count == 0 || _isClosed)
            {
                _isSending = false;
                return -1;
            }
        }

        return bytes;
    }

    private static int SmallSize(Frame frame) =>
        FrameLimits.HeaderBytes + (4 * frame.Message.Attachments.Count) + frame.Message.Length;

    /// <summary>Head and header are copied together: a few hundred bytes cost less than a buffer more in the system call.</summary>
    private int Append(WireWriter message, int used, ref int flushed)
    {
        var attachments = message.Attachments;
        BinaryPrimitives.WriteInt32LittleEndian(_smallParts.AsSpan(used), message.Length);
        BinaryPrimitives.WriteInt32LittleEndian(_smallParts.AsSpan(used + 4), attachments.Count);
        used += FrameLimits.HeaderBytes;
        var lengths = used;
        used += 4 * attachments.Count;
        message.Head.Span.CopyTo(_smallParts.AsSpan(used));
        used += message.Length;
        for (var i = 0; i < attachments.Count; i++)
        {
            var flags = PutInRing(attachments[i].Span);
            BinaryPrimitives.WriteInt32LittleEndian(_smallParts.AsSpan(lengths + (4 * i)), attachments[i].Length | flags);
            if (flags != 0)
            {
                continue;
            }

            if (used > flushed)
            {
                _segments.Add(new(_smallParts, flushed, used - flushed));
                flushed = used;
            }

            _segments.Add(MemoryMarshal.TryGetArray(attachments[i], out var array) ? array : new(attachments[i].ToArray()));
        }

        return used;
    }

    /// <summary>Zero when the attachment is to go over the link.</summary>
    private int PutInRing(ReadOnlySpan<byte> attachment) =>
        attachment.Length < FrameLimits.SmallestInRing || _ring is not { } ring || !ring.TryWrite(attachment, out var isAtStart) ? 0
        : isAtStart ? FrameLimits.InRing | FrameLimits.AtStart
        : FrameLimits.InRing;

    private readonly record struct Frame(WireWriter Message, long Size);
}
