using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Machine;

/// <summary>
/// The common progress of the members of a key-based group: merges what each has finished. Which member has which slot is the
/// <see cref="ConsumerGroupMachine"/>'s part. Pure; remembers only what was reported since it was made, the rest is in the offsets.
/// </summary>
internal sealed class KeySlotMachine
{
    private readonly Dictionary<GroupTopicPartition, FinishedOffsets> _partitions = [];

    /// <summary>Takes in a report; the progress after it, which is to be written before anybody is told.</summary>
    /// <param name="committed">The position that is written; null for none.</param>
    public KeyProgress Merge(FinishedPartition report, CommittedOffset? committed)
    {
        if (!_partitions.TryGetValue(report.Partition, out var progress))
        {
            progress = Open(report, committed);
            _partitions.Add(report.Partition, progress);
        }

        var error = Array.Exists(report.Finished, range => range.Last >= progress.LowWatermark.Value + FinishedOffsets.Window)
            ? ErrorCode.OffsetOutOfRange
            : ErrorCode.None;
        foreach (var range in error is ErrorCode.None ? report.Finished : [])
        {
            progress.TryAdd(range);
        }

        return new KeyProgress { Error = error, LowWatermark = progress.LowWatermark, Ahead = [.. progress.Ahead] };
    }

    /// <summary>The metadata to write with the low watermark.</summary>
    public string MetadataOf(GroupTopicPartition partition) => _partitions[partition].ToMetadata();

    /// <summary>The position was set from outside, or is gone: what was reported before does not count.</summary>
    public void Forget(GroupTopicPartition partition) => _partitions.Remove(partition);

    /// <summary>A group that was no key-based one before goes on from its position.</summary>
    private static FinishedOffsets Open(FinishedPartition report, CommittedOffset? committed)
    {
        if (committed is null)
        {
            return new FinishedOffsets(report.StartOffset);
        }

        return FinishedOffsets.TryRead(committed.Offset, committed.Metadata, out var progress) ? progress : new FinishedOffsets(committed.Offset);
    }
}
