using System.Text;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Devices;

namespace OrleansStreaming.Storage.Directories;

/// <summary>The file <c>partition.metadata</c>: which topic, of all that ever had the name, a folder belongs to (KIP-516).</summary>
internal static class PartitionMetadata
{
    public const string FileName = "partition.metadata";

    private const string TopicIdField = "topic_id:";

    /// <summary><see cref="TopicId.None"/> when the file is missing or damaged.</summary>
    public static TopicId Read(IStorageDevice device, string directory)
    {
        if (device.TryReadAllBytes(Path.Combine(directory, FileName)) is not { } content)
        {
            return TopicId.None;
        }

        foreach (var line in Encoding.UTF8.GetString(content).Split('\n', StringSplitOptions.TrimEntries))
        {
            if (line.StartsWith(TopicIdField, StringComparison.Ordinal) && KafkaUuid.TryParse(line[TopicIdField.Length..].Trim(), out var id))
            {
                return new TopicId(id);
            }
        }

        return TopicId.None;
    }

    /// <summary>Synced at once: records that outlive a power cut must not become those of a later topic of the same name.</summary>
    public static void Write(IStorageDevice device, string directory, TopicId topicId) => device.WriteAllBytes(
        Path.Combine(directory, FileName),
        Encoding.UTF8.GetBytes($"version: 0\n{TopicIdField} {KafkaUuid.Format(topicId.Value)}"),
        sync: true);
}
