using OrleansStreaming.Storage.Devices;
using OrleansStreaming.Storage.Segments;

namespace OrleansStreaming.Storage.Compaction;

/// <summary>
/// Puts a cleaned segment in the place of others so that after a crash either the old ones are there or the new one. The new
/// files are <c>.cleaned</c> until they are synced, then <c>.swap</c>, which is the decision: from there on the start of a log
/// finishes what was begun. Of the new and of the first old segment the log is renamed last, so that its name tells whose the
/// indexes beside it are.
/// </summary>
internal static class SegmentSwap
{
    public const string Cleaned = ".cleaned";
    public const string Swap = ".swap";

    private static readonly string[] _indexes = [SegmentFiles.OffsetIndex, SegmentFiles.TimeIndex, SegmentFiles.TransactionIndex];

    /// <summary>An empty segment to clean into.</summary>
    public static Segment Begin(IStorageDevice device, string directory, long baseOffset, long createdAt)
    {
        var segment = new Segment(device, directory, baseOffset, createdAt, Cleaned);

        // An earlier attempt may have left some, and an index of aborted transactions is only written when there are any.
        segment.DeleteFiles();
        segment.Log.Get().SetLength(0);
        segment.OffsetIndex.Entries.File.Get();
        segment.TimeIndex.Entries.File.Get();
        return segment;
    }

    /// <summary>Decides for the synced new segment; when it fails, see <see cref="Undo"/>.</summary>
    public static void Decide(IStorageDevice device, string directory, Segment cleaned)
    {
        cleaned.MoveTo(Swap);
        device.FlushDirectory(directory);
    }

    /// <summary>Takes back a decision that may or may not have reached the disk.</summary>
    public static void Undo(IStorageDevice device, string directory, Segment cleaned)
    {
        cleaned.DeleteFiles();
        device.FlushDirectory(directory);
    }

    /// <summary>Gives the old segments' files other names, unlike any before, and the new one its own.</summary>
    public static void Finish(Segment cleaned, ReadOnlySpan<Segment> replaced, int number)
    {
        foreach (var segment in replaced)
        {
            segment.MoveTo($".{number}{SegmentFiles.Deleted}");
        }

        cleaned.MoveTo("");
    }

    /// <summary>At a log's start: finishes what was decided and removes what was not.</summary>
    public static void Recover(IStorageDevice device, string directory)
    {
        var begun = device.ListFiles(directory)
            .Where(x => x.EndsWith(Cleaned, StringComparison.Ordinal) || x.EndsWith(Swap, StringComparison.Ordinal))
            .ToArray();
        foreach (var path in begun)
        {
            if (SegmentFiles.TryParse(path, SegmentFiles.Log + Swap, out var baseOffset))
            {
                Recover(device, directory, baseOffset);
            }
        }

        // Those that were finished have other names by now.
        foreach (var path in begun)
        {
            device.DeleteFile(path);
        }
    }

    private static void Recover(IStorageDevice device, string directory, long baseOffset)
    {
        var swap = SegmentFiles.PathOf(directory, baseOffset, SegmentFiles.Log + Swap);
        var log = SegmentFiles.PathOf(directory, baseOffset, SegmentFiles.Log);
        var areOldThere = device.FileExists(log);
        var isWhole = TryFindEnd(device, swap, baseOffset, out var end);
        if (areOldThere && !isWhole)
        {
            // Damaged since it was decided, while everything that it stands for is still there.
            device.DeleteFile(swap);
            return;
        }

        if (areOldThere)
        {
            foreach (var index in _indexes)
            {
                device.DeleteFile(SegmentFiles.PathOf(directory, baseOffset, index));
            }

            device.DeleteFile(log);
        }

        foreach (var path in device.ListFiles(directory))
        {
            if (SegmentFiles.TryParse(path, SegmentFiles.Log, out var offset) && offset > baseOffset && offset < end)
            {
                device.DeleteFile(path);
            }
        }

        foreach (var suffix in (ReadOnlySpan<string>)[.. _indexes, SegmentFiles.Log])
        {
            var path = SegmentFiles.PathOf(directory, baseOffset, suffix);
            if (device.FileExists(path + Swap))
            {
                device.Rename(path + Swap, path);
            }
        }

        device.FlushDirectory(directory);
    }

    /// <summary>The offset after the last good batch; false when bytes follow it that are none.</summary>
    private static bool TryFindEnd(IStorageDevice device, string path, long baseOffset, out long end)
    {
        using var file = device.Open(path, create: false);
        var length = (int)Math.Min(file.Length, int.MaxValue);
        var next = baseOffset;
        var good = SegmentScan.Run(file, length, (in header, _) =>
        {
            if (header.BaseOffset < next)
            {
                return false;
            }

            next = header.NextOffset;
            return true;
        });
        end = next;
        return good == length;
    }
}
