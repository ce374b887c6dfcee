using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Devices;
using OrleansStreaming.Storage.Logs;

namespace OrleansStreaming.Storage.Directories;

/// <summary>
/// A broker's data directory: meta.properties, the lock, the clean-shutdown marker, the checkpoints, and one folder a replica.
/// </summary>
public sealed class LogDirectory : IDisposable
{
    /// <summary>
    /// Takes the directory for this broker, creating it when new, and finds its logs without recovering them.
    /// </summary>
    /// <exception cref="LogDirectoryException">Locked by another process, unwritable, foreign, or of another broker: the message is for people.</exception>
    public static LogDirectory Open(string path, BrokerId broker, IStorageDevice device, TimeProvider time) => throw new NotImplementedException();

    public string Path => throw new NotImplementedException();

    /// <summary>From meta.properties; null in a new directory until <see cref="SetClusterId"/>.</summary>
    public string? ClusterId => throw new NotImplementedException();

    public void SetClusterId(string clusterId) => throw new NotImplementedException();

    /// <summary>The directory's own id (KIP-858).</summary>
    public Guid DirectoryId => throw new NotImplementedException();

    /// <summary>Whether the last shutdown was clean, so that nothing needs recovery.</summary>
    public bool WasCleanShutdown => throw new NotImplementedException();

    /// <summary>The replicas found on disk.</summary>
    public IReadOnlyCollection<(TopicPartition Partition, TopicId TopicId)> Replicas => throw new NotImplementedException();

    /// <summary>Opens the replica's log, recovering it first when needed, or creates it. Several may run at once.</summary>
    public PartitionLog OpenLog(TopicPartition partition, TopicId topicId, LogOptions options) => throw new NotImplementedException();

    /// <summary>Renames the folder out of the way at once and removes its files; open readers finish undisturbed.</summary>
    public void DeleteLog(TopicPartition partition) => throw new NotImplementedException();

    /// <summary>Writes the recovery-point and log-start checkpoints.</summary>
    public void WriteCheckpoints() => throw new NotImplementedException();

    /// <summary>Flushes and closes every log, writes checkpoints and, last, the clean-shutdown marker.</summary>
    public Task CloseAsync() => throw new NotImplementedException();

    /// <summary>Lets go without the clean-shutdown marker.</summary>
    public void Dispose() => throw new NotImplementedException();
}
