using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using OrleansStreaming.Records.Sources;

namespace OrleansStreaming.Kafka.Connections;

/// <summary>
/// Writes straight to a plain-text connection's socket, from one buffer that is rented while it holds something. Against the
/// transport's own pipe it saves a hop to another thread for each answer, and fetched records are sent while they are still in
/// the core's cache, or not copied at all (<see cref="Take"/>). For one writer at a time, which never mixes it with the transport's pipe.
/// </summary>
internal sealed class SocketPipeWriter(Socket socket) : PipeWriter, IFileSink
{
    private byte[]? _buffer;
    private int _count;

    /// <summary>Room for what a <see cref="ResponseWriter"/> leaves unflushed; a larger single message makes it grow.</summary>
    public const int Capacity = ResponseWriter.Piece;

    public override void Advance(int bytes) => _count += bytes;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        _buffer ??= ArrayPool<byte>.Shared.Rent(Capacity);
        if (_buffer.Length - _count < Math.Max(1, sizeHint))
        {
            Grow(Math.Max(1, sizeHint));
        }

        return _buffer.AsMemory(_count);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    /// <remarks>Takes nothing before what was written is flushed, which comes first.</remarks>
    public int Take(SafeFileHandle file, long position, int count) =>
        _count == 0 ? SendFile.TrySend(socket, file, position, count) : 0;

    /// <exception cref="SocketException">The client is gone.</exception>
    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        for (var sent = 0; sent < _count;)
        {
            sent += await socket.SendAsync(_buffer.AsMemory(sent, _count - sent), SocketFlags.None, cancellationToken).ConfigureAwait(false);
        }

        _count = 0;
        Release();
        return new FlushResult(isCanceled: false, isCompleted: false);
    }

    public override void CancelPendingFlush() => throw new NotSupportedException("A flush is ended by its cancellation token.");

    /// <summary>Drops what was not flushed; the socket stays the transport's to close.</summary>
    public override void Complete(Exception? exception = null)
    {
        _count = 0;
        Release();
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(_count + needed), 2 * _count));
        _buffer.AsSpan(0, _count).CopyTo(larger);
        Release();
        _buffer = larger;
    }

    private void Release()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
