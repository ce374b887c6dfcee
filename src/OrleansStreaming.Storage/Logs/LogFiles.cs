using OrleansStreaming.Storage.Devices;
using OrleansStreaming.Storage.Segments;

namespace OrleansStreaming.Storage.Logs;

/// <summary>What lies in a replica's folder when it is opened.</summary>
internal sealed class LogFiles
{
    private static readonly string[] _indexes = [SegmentFiles.OffsetIndex, SegmentFiles.TimeIndex, SegmentFiles.TransactionIndex];

    private readonly IStorageDevice _device;
    private readonly HashSet<string> _paths;
    private readonly string _directory;

    public LogFiles(IStorageDevice device, string directory)
    {
        _device = device;
        _directory = directory;
        _paths = [.. device.ListFiles(directory)];
        BaseOffsets = [.. OffsetsOf(SegmentFiles.Log)];
        Snapshots = [.. OffsetsOf(SegmentFiles.ProducerSnapshot)];
    }

    public SortedSet<long> BaseOffsets { get; }

    public SortedSet<long> Snapshots { get; }

    public bool Has(long baseOffset, string suffix) => _paths.Contains(SegmentFiles.PathOf(_directory, baseOffset, suffix));

    /// <summary>Removes what was already deleted or never finished, and indexes without a log.</summary>
    public void RemoveLeftovers()
    {
        foreach (var path in _paths)
        {
            var isOrphan = Array.Exists(_indexes, x => SegmentFiles.TryParse(path, x, out var offset) && !BaseOffsets.Contains(offset));
            if (isOrphan
                || path.EndsWith(SegmentFiles.Deleted, StringComparison.Ordinal)
                || path.EndsWith(StorageDeviceExtensions.TemporarySuffix, StringComparison.Ordinal))
            {
                _device.DeleteFile(path);
            }
        }
    }

    private IEnumerable<long> OffsetsOf(string suffix)
    {
        foreach (var path in _paths)
        {
            if (SegmentFiles.TryParse(path, suffix, out var offset))
            {
                yield return offset;
            }
        }
    }
}
