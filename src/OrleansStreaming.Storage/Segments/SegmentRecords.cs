using OrleansStreaming.Records.Sources;
using OrleansStreaming.Storage.Devices;

namespace OrleansStreaming.Storage.Segments;

/// <summary>
/// A run of batches in a segment file. Holds its segment open until disposed, so that retention and deletion cannot take the
/// bytes away; when a truncation does, copying fails instead of showing what was written there later.
/// </summary>
internal sealed class SegmentRecords(Segment segment, int start, int length, int truncationsSeen) : RecordSource
{
    private int _disposed;

    public override int Length { get; } = length;

    public override void CopyTo(int position, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, Length - position, nameof(destination));
        var from = start + position;
        var read = segment.Log.Get().ReadFully(from, destination);
        if (read < destination.Length || segment.WasTruncatedBelow(from + destination.Length, truncationsSeen))
        {
            throw Gone(from, destination.Length);
        }
    }

    public override int PassTo(IFileSink sink, int position, int count)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Length - position);
        if (segment.Log.Get().Handle is not { } file)
        {
            return 0;
        }

        var from = start + position;
        var taken = sink.Take(file, from, count);
        return segment.WasTruncatedBelow(from + taken, truncationsSeen) ? throw Gone(from, taken) : taken;
    }

    public override void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            segment.Release();
        }

        base.Dispose();
    }

    private IOException Gone(int from, int count) => new($"Segment '{segment.Log.Path}' no longer holds bytes {from} to {from + count}.");
}
