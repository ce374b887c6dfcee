namespace Orleans.Embedded.Connections;

/// <summary>
/// One connection as a stream of bytes in both directions. One receiver and one sender at a time; <see cref="Abort"/> from any
/// thread at any time.
/// </summary>
internal interface ILink
{
    /// <summary>Zero at the end of the stream.</summary>
    ValueTask<int> Receive(Memory<byte> buffer);

    /// <summary>Completes when all bytes are taken; the buffers must not change before.</summary>
    ValueTask Send(List<ArraySegment<byte>> buffers);

    /// <summary>Closes the connection; what runs on it fails.</summary>
    void Abort();
}
