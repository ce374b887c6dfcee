using System.Globalization;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Devices;

namespace OrleansStreaming.Storage.Checkpoints;

/// <summary>
/// A file with one offset a partition (<c>recovery-point-offset-checkpoint</c> and its kin), replaced as a whole.
/// </summary>
internal sealed class OffsetCheckpoint(IStorageDevice device, string path)
{
    private readonly Lock _gate = new();

    /// <summary>What the file says; nothing when it is missing or damaged, which costs a longer recovery and no data.</summary>
    public Dictionary<TopicPartition, long> Read()
    {
        var offsets = new Dictionary<TopicPartition, long>();
        if (device.TryReadAllBytes(path) is not { } content || CheckpointText.TryRead(content, wordsPerEntry: 3) is not { } entries)
        {
            return offsets;
        }

        foreach (var words in entries)
        {
            if (int.TryParse(words[1], CultureInfo.InvariantCulture, out var partition)
                && long.TryParse(words[2], CultureInfo.InvariantCulture, out var offset))
            {
                offsets[new TopicPartition(words[0], partition)] = offset;
            }
        }

        return offsets;
    }

    public void Write(IEnumerable<KeyValuePair<TopicPartition, long>> offsets)
    {
        var lines = offsets
            .Select(x => string.Create(CultureInfo.InvariantCulture, $"{x.Key.Topic} {x.Key.Partition} {x.Value}"))
            .ToArray();
        lock (_gate)
        {
            device.ReplaceAllBytes(path, CheckpointText.Write(lines));
        }
    }
}
