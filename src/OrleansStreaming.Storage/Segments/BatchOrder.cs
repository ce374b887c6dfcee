using OrleansStreaming.Records.Batches;
using OrleansStreaming.Storage.Epochs;

namespace OrleansStreaming.Storage.Segments;

/// <summary>
/// What no CRC covers, checked by what is around it: offsets rise from batch to batch and stay below the next segment's, and a
/// batch has the epoch that the history has at its offset. Gaps are legal, compaction leaves them.
/// </summary>
/// <param name="atLeast">No offset is below it.</param>
/// <param name="below">No offset is at or above it.</param>
/// <param name="epochs">The log's history, by start offset.</param>
internal struct BatchOrder(long atLeast, long below, EpochEntry[] epochs)
{
    private long _next = atLeast;
    private int _last = -1;

    /// <summary>
    /// Where the damage begins after a batch was not accepted. Of two that overlap one is in the wrong place and nothing tells
    /// which: then at the first of them.
    /// </summary>
    public int DamagedAt { get; private set; }

    public bool Accepts(in BatchHeader header, int position)
    {
        if (header.BaseOffset < _next || header.LastOffset >= below || !HasRightEpoch(header))
        {
            DamagedAt = header.BaseOffset < _next && _last >= 0 ? _last : position;
            return false;
        }

        _next = header.NextOffset;
        _last = position;
        return true;
    }

    /// <summary>Whether the batch has the epoch that the history has at its offset.</summary>
    public readonly bool HasRightEpoch(in BatchHeader header)
    {
        var low = 0;
        var high = epochs.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = epochs[middle].StartOffset <= header.BaseOffset ? (middle + 1, high) : (low, middle);
        }

        // Before the history begins nothing is known: the log's start may lie inside a batch.
        return low == 0 || epochs[low - 1].Epoch == header.PartitionLeaderEpoch;
    }
}
