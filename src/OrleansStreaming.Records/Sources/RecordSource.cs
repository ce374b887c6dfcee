namespace OrleansStreaming.Records.Sources;

/// <summary>
/// A run of encoded record batches that knows its length and can be copied out, wherever it lies: in memory or in a segment
/// file. It is immutable and may be read by several threads. Dispose it when it has been sent: it may hold a file open.
/// </summary>
public abstract class RecordSource : IDisposable
{
    /// <summary>Bytes in all. The last batch may be cut short, as Kafka's fetch allows.</summary>
    public abstract int Length { get; }

    /// <summary>Fills <paramref name="destination"/> with the bytes from <paramref name="position"/> on; both lie inside <see cref="Length"/>.</summary>
    /// <exception cref="IOException">The bytes can no longer be read whole.</exception>
    public abstract void CopyTo(int position, Span<byte> destination);

    /// <summary>
    /// Lets the sink take bytes without a copy, when they lie in a file. Answers how many it took, from <paramref name="position"/>
    /// on; 0 when there is no file or it takes none now: then <see cref="CopyTo"/> is the way.
    /// </summary>
    /// <exception cref="IOException">What the sink took may not have been the source's bytes any more.</exception>
    public virtual int PassTo(IFileSink sink, int position, int count) => 0;

    /// <summary>Releases what the source holds. Bytes obtained from it are not valid afterwards.</summary>
    public virtual void Dispose()
    {
        GC.SuppressFinalize(this);
    }
}
