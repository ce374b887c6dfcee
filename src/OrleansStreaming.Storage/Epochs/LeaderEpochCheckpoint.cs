using System.Globalization;
using OrleansStreaming.Storage.Checkpoints;
using OrleansStreaming.Storage.Devices;

namespace OrleansStreaming.Storage.Epochs;

/// <summary>The file <c>leader-epoch-checkpoint</c>: one line an epoch, <c>epoch startOffset</c>.</summary>
internal static class LeaderEpochCheckpoint
{
    public const string FileName = "leader-epoch-checkpoint";

    /// <summary>Null when the file is missing, empty or damaged: the history must then be read from the batches.</summary>
    public static EpochEntry[]? TryRead(IStorageDevice device, string directory)
    {
        if (device.TryReadAllBytes(Path.Combine(directory, FileName)) is not { } content
            || CheckpointText.TryRead(content, wordsPerEntry: 2) is not { } lines)
        {
            return null;
        }

        var entries = new EpochEntry[lines.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            if (!int.TryParse(lines[i][0], CultureInfo.InvariantCulture, out var epoch)
                || !long.TryParse(lines[i][1], CultureInfo.InvariantCulture, out var start)
                || (i > 0 && (epoch <= entries[i - 1].Epoch || start < entries[i - 1].StartOffset)))
            {
                return null;
            }

            entries[i] = new EpochEntry(epoch, start);
        }

        return entries;
    }

    /// <summary>Replaces the file and syncs it.</summary>
    public static void Write(IStorageDevice device, string directory, EpochEntry[] entries) => device.ReplaceAllBytes(
        Path.Combine(directory, FileName),
        CheckpointText.Write(Array.ConvertAll(entries, x => string.Create(CultureInfo.InvariantCulture, $"{x.Epoch} {x.StartOffset}"))));
}
