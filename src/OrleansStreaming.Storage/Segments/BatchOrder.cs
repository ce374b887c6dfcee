using OrleansStreaming.Records.Batches;

namespace OrleansStreaming.Storage.Segments;

/// <summary>
/// Offsets rise from batch to batch and stay below the next segment's. No CRC covers them, so that this is how a flipped bit in
/// them is found; gaps are legal, compaction leaves them.
/// </summary>
internal struct BatchOrder(long atLeast, long below)
{
    private long _next = atLeast;

    public bool Accepts(in BatchHeader header)
    {
        if (header.BaseOffset < _next || header.LastOffset >= below)
        {
            return false;
        }

        _next = header.NextOffset;
        return true;
    }
}
