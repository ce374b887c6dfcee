using System.Globalization;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Compaction;
using OrleansStreaming.Storage.Devices;
using OrleansStreaming.Storage.Epochs;
using OrleansStreaming.Storage.Segments;

namespace OrleansStreaming.Storage.Directories;

/// <summary>The names in a data directory: which are ours, and what they mean.</summary>
internal static class DirectoryLayout
{
    public const string Lock = ".lock";
    public const string CleanShutdown = ".kafka_cleanshutdown";
    public const string RecoveryPoints = "recovery-point-offset-checkpoint";
    public const string LogStarts = "log-start-offset-checkpoint";
    public const string HighWatermarks = "replication-offset-checkpoint";
    public const string CleanedTo = "cleaner-offset-checkpoint";

    private const string DeletedFolder = "-delete";
    private const int MaxNameLength = 255;
    private const int MaxTopicLength = 249;

    private static readonly HashSet<string> _files =
        [Lock, CleanShutdown, RecoveryPoints, LogStarts, HighWatermarks, CleanedTo, MetaProperties.FileName, BootMark.FileName];

    // A fresh volume brings the one along; the other is where a broker on its own keeps the cluster's state, by default.
    private static readonly HashSet<string> _harmlessFolders = ["lost+found", "cluster"];

    private static readonly string[] _replicaFiles =
    [
        SegmentFiles.Log, SegmentFiles.OffsetIndex, SegmentFiles.TimeIndex, SegmentFiles.TransactionIndex,
        SegmentFiles.ProducerSnapshot, SegmentFiles.Deleted, StorageDeviceExtensions.TemporarySuffix,
        SegmentSwap.Cleaned, SegmentSwap.Swap, LeaderEpochCheckpoint.FileName, PartitionMetadata.FileName,
    ];

    /// <summary>The partition whose live folder has that name.</summary>
    public static bool TryParseReplica(string name, out TopicPartition partition)
    {
        var dash = name.LastIndexOf('-');
        partition = default;
        if (dash <= 0 || dash > MaxTopicLength || !IsTopic(name.AsSpan(0, dash))
            || !int.TryParse(name.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            return false;
        }

        partition = new TopicPartition(name[..dash], index);
        return true;
    }

    /// <summary>Whether the folder is a replica that was deleted but not yet removed.</summary>
    public static bool IsDeletedReplica(string name) =>
        name.EndsWith(DeletedFolder, StringComparison.Ordinal)
        && name.LastIndexOf('.') is > 0 and var dot
        && TryParseReplica(name[..dot], out _);

    /// <summary><c>topic-partition.uniqueid-delete</c>, the topic cut so that the name stays legal.</summary>
    public static string DeletedNameOf(TopicPartition partition)
    {
        var suffix = string.Create(CultureInfo.InvariantCulture, $"-{partition.Partition}.{Guid.NewGuid():N}{DeletedFolder}");
        return partition.Topic[..Math.Min(partition.Topic.Length, MaxNameLength - suffix.Length)] + suffix;
    }

    /// <summary>The first thing in the directory that no broker put there; null when there is none.</summary>
    public static string? FindForeign(IStorageDevice device, string path)
    {
        foreach (var file in device.ListFiles(path).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(file);
            var isTemporary = name.EndsWith(StorageDeviceExtensions.TemporarySuffix, StringComparison.Ordinal);
            if (!_files.Contains(isTemporary ? name[..^StorageDeviceExtensions.TemporarySuffix.Length] : name))
            {
                return name;
            }
        }

        foreach (var folder in device.ListDirectories(path).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(folder);
            var isReplica = TryParseReplica(name, out _) || IsDeletedReplica(name);
            if (!_harmlessFolders.Contains(name) && (!isReplica || HoldsForeignFiles(device, folder)))
            {
                return name;
            }
        }

        return null;
    }

    private static bool HoldsForeignFiles(IStorageDevice device, string folder) =>
        device.ListFiles(folder).Any(x => !Array.Exists(_replicaFiles, y => x.EndsWith(y, StringComparison.Ordinal)));

    private static bool IsTopic(ReadOnlySpan<char> name)
    {
        foreach (var letter in name)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('.' or '_' or '-'))
            {
                return false;
            }
        }

        return true;
    }
}
