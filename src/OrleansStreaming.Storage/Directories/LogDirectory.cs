using System.Collections.Concurrent;
using System.Text;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Checkpoints;
using OrleansStreaming.Storage.Devices;
using OrleansStreaming.Storage.Logs;

namespace OrleansStreaming.Storage.Directories;

/// <summary>
/// A broker's data directory: meta.properties, the lock, the clean-shutdown marker, the checkpoints, and one folder a replica.
/// Members may be called from any thread; the logs it opens have their own rules.
/// </summary>
public sealed partial class LogDirectory : IDisposable
{
    // Without an epoch: the broker's registration does not use it.
    private static readonly byte[] _cleanShutdownContent = Encoding.UTF8.GetBytes("{\"version\":0,\"brokerEpoch\":-1}");

    private readonly IStorageDevice _device;
    private readonly TimeProvider _time;
    private readonly TaskScheduler _background;
    private readonly IDisposable _lock;
    private readonly OffsetCheckpoint _recoveryPointFile;
    private readonly OffsetCheckpoint _logStartFile;
    private readonly OffsetCheckpoint _highWatermarkFile;
    private readonly OffsetCheckpoint _cleanedToFile;
    private readonly BootMark _bootMark;
    private readonly ConcurrentDictionary<TopicPartition, PartitionLog> _logs = new();
    private readonly ConcurrentDictionary<TopicPartition, TopicId> _replicas = new();
    private readonly ConcurrentDictionary<TopicPartition, Lock> _replicaGates = new();
    private readonly ConcurrentDictionary<TopicPartition, long> _recoveryPoints;
    private readonly ConcurrentDictionary<TopicPartition, long> _logStarts;
    private readonly ConcurrentDictionary<TopicPartition, long> _cleanedTo;
    private readonly ConcurrentBag<Task> _removals = [];
    private readonly Lock _checkpointGate = new();
    private volatile MetaProperties _meta;
    private volatile bool _isClosed;

    private LogDirectory(string path, MetaProperties meta, IStorageDevice device, TimeProvider time, TaskScheduler background, IDisposable @lock)
    {
        Path = path;
        _meta = meta;
        _device = device;
        _time = time;
        _background = background;
        _lock = @lock;
        _recoveryPointFile = Checkpoint(DirectoryLayout.RecoveryPoints);
        _logStartFile = Checkpoint(DirectoryLayout.LogStarts);
        _highWatermarkFile = Checkpoint(DirectoryLayout.HighWatermarks);
        _cleanedToFile = Checkpoint(DirectoryLayout.CleanedTo);
        _recoveryPoints = new(_recoveryPointFile.Read());
        _logStarts = new(_logStartFile.Read());
        _cleanedTo = new(_cleanedToFile.Read());
        HighWatermarks = _highWatermarkFile.Read().ToDictionary(x => x.Key, x => new Offset(x.Value));
        _bootMark = new BootMark(device, path);
        WasCleanShutdown = TakeCleanShutdownMarker();
        HasLostNothing = WasCleanShutdown || _bootMark.IsPresent();
        FindReplicas();
    }

    public string Path { get; }

    /// <summary>From meta.properties; null in a new directory until <see cref="SetClusterId"/>.</summary>
    public string? ClusterId => _meta.ClusterId;

    /// <summary>The directory's own id (KIP-858).</summary>
    public Guid DirectoryId => _meta.DirectoryId;

    /// <summary>Whether the last shutdown was clean, so that nothing needs recovery.</summary>
    public bool WasCleanShutdown { get; }

    /// <summary>
    /// Whether everything its last process wrote is still there: it stopped cleanly, or was only killed and the machine went on.
    /// </summary>
    public bool HasLostNothing { get; }

    /// <summary>The high watermarks as the replication checkpoint has them; none of a replica that was deleted since.</summary>
    public IReadOnlyDictionary<TopicPartition, Offset> HighWatermarks { get; private set; }

    /// <summary>
    /// The replicas found on disk or opened since; <see cref="TopicId.None"/> where the folder does not say which topic it is of.
    /// </summary>
    public IReadOnlyCollection<(TopicPartition Partition, TopicId TopicId)> Replicas => [.. _replicas.Select(x => (x.Key, x.Value))];

    /// <summary>The logs that are open, at one moment.</summary>
    public IReadOnlyCollection<PartitionLog> OpenLogs => [.. _logs.Values.Where(x => !x.IsClosed)];

    /// <summary>
    /// The cluster has been told of <see cref="HasLostNothing"/>: from now on a killed process has lost nothing. Not before, or a
    /// loss that nobody was told of would be forgotten.
    /// </summary>
    public void MarkTold() => _bootMark.Write();

    /// <summary>Joins the cluster for good: a directory can never change it.</summary>
    /// <exception cref="LogDirectoryException">The directory already belongs to another cluster.</exception>
    public void SetClusterId(string clusterId)
    {
        lock (_checkpointGate)
        {
            if (_meta.ClusterId == clusterId)
            {
                return;
            }

            if (_meta.ClusterId is { } other)
            {
                throw new LogDirectoryException($"Data directory '{Path}' belongs to cluster {other}, not to {clusterId}.");
            }

            var meta = _meta with { ClusterId = clusterId };
            meta.Write(_device, Path);
            _meta = meta;
        }
    }

    /// <summary>
    /// Opens the replica's log, recovering it first when needed, or creates it. Several may run at once; a log that is open is
    /// answered again.
    /// </summary>
    /// <exception cref="LogDirectoryException">The folder holds the partition of another topic that had the same name.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public PartitionLog OpenLog(TopicPartition partition, TopicId topicId, LogOptions options)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        lock (GateOf(partition))
        {
            return OpenOrFind(partition, topicId, options);
        }
    }

    /// <summary>Renames the folder out of the way at once and removes its files; open readers finish undisturbed.</summary>
    /// <exception cref="IOException">The folder could not be renamed, and the replica is still there.</exception>
    public void DeleteLog(TopicPartition partition)
    {
        lock (GateOf(partition))
        {
            Delete(partition);
        }
    }

    /// <summary>Flushes and closes every log, writes checkpoints and, last, the clean-shutdown marker.</summary>
    /// <exception cref="IOException">The disk refused: everything is closed, and the next start recovers.</exception>
    public async Task CloseAsync()
    {
        if (_isClosed)
        {
            return;
        }

        try
        {
            var closed = await Task.WhenAll(_logs.Values.Select(CloseInBackground));
            await Task.WhenAll(_removals);
            WriteCheckpoints();
            if (Array.TrueForAll(closed, static x => x) && (WasCleanShutdown || AreAllRecovered()))
            {
                _device.ReplaceAllBytes(System.IO.Path.Combine(Path, DirectoryLayout.CleanShutdown), _cleanShutdownContent);
            }
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Lets go without the clean-shutdown marker.</summary>
    public void Dispose()
    {
        _isClosed = true;
        foreach (var log in _logs.Values)
        {
            log.Dispose();
        }

        _lock.Dispose();
    }

    private PartitionLog OpenOrFind(TopicPartition partition, TopicId topicId, LogOptions options)
    {
        if (_logs.TryGetValue(partition, out var open) && !open.IsClosed)
        {
            return open;
        }

        var directory = FolderOf(partition);
        var known = _replicas.GetValueOrDefault(partition);
        if (known != TopicId.None && topicId != TopicId.None && known != topicId)
        {
            throw new LogDirectoryException($"Folder '{directory}' holds topic id {known}, not {topicId}.");
        }

        // A log that was closed without ceremony in this session needs what a crash needs.
        var isClean = WasCleanShutdown && open is null;
        var id = known == TopicId.None ? topicId : known;
        var place = new LogPlace(_device, directory, partition, id, _time, _background);
        var loader = new LogLoader(
            place, options, _recoveryPoints.GetValueOrDefault(partition), _logStarts.GetValueOrDefault(partition), isClean);
        var log = new PartitionLog(place, options, loader.Load(), _cleanedTo.GetValueOrDefault(partition))
        {
            Truncating = OnTruncating,
            Cleaned = OnCleaned,
        };
        if (id != TopicId.None && PartitionMetadata.Read(_device, directory) != id)
        {
            PartitionMetadata.Write(_device, directory, id);
        }

        _replicas[partition] = id;
        _logs[partition] = log;
        if (log.CleanedTo.Value < _cleanedTo.GetValueOrDefault(partition))
        {
            // Now, before the log grows past what was lost and the old checkpoint looks right again.
            OnCleaned();
        }

        return log;
    }

    private void Delete(TopicPartition partition)
    {
        if (_logs.TryRemove(partition, out var log))
        {
            log.Dispose();
        }

        // Before the folder goes: a later log of that name must not inherit them.
        if (_recoveryPoints.TryRemove(partition, out _) | _logStarts.TryRemove(partition, out _) | _cleanedTo.TryRemove(partition, out _))
        {
            WriteCheckpoints();
        }

        ForgetHighWatermark(partition);
        var folder = FolderOf(partition);
        if (_device.DirectoryExists(folder))
        {
            var doomed = System.IO.Path.Combine(Path, DirectoryLayout.DeletedNameOf(partition));
            _device.RenameDirectory(folder, doomed);
            _device.FlushDirectory(Path);
            Remove(doomed);
        }

        _replicas.TryRemove(partition, out _);
    }

    // A replica that was found but never opened in this session may still need its recovery the next time.
    private bool AreAllRecovered() => _replicas.Keys.All(_logs.ContainsKey);

    // Side by side: what closing takes is waiting for the disk.
    private Task<bool> CloseInBackground(PartitionLog log) => log.IsClosed
        ? Task.FromResult(false)
        : Task.Factory.StartNew(log.CloseAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _background).Unwrap();

    // A topic's replica is opened or deleted by one caller at a time, different ones side by side.
    private Lock GateOf(TopicPartition partition) => _replicaGates.GetOrAdd(partition, static _ => new Lock());

    private string FolderOf(TopicPartition partition) => System.IO.Path.Combine(Path, partition.ToString());

    private OffsetCheckpoint Checkpoint(string name) => new(_device, System.IO.Path.Combine(Path, name));

    private void FindReplicas()
    {
        foreach (var folder in _device.ListDirectories(Path))
        {
            var name = System.IO.Path.GetFileName(folder);
            if (DirectoryLayout.IsDeletedReplica(name))
            {
                Remove(folder);
            }
            else if (DirectoryLayout.TryParseReplica(name, out var partition))
            {
                _replicas[partition] = PartitionMetadata.Read(_device, folder);
            }
        }
    }

    private void Remove(string folder) => _removals.Add(Task.Factory.StartNew(
        () =>
        {
            try
            {
                _device.DeleteDirectory(folder);
            }
            catch (IOException)
            {
                // Its name says what it is; the next start tries again.
            }
        },
        CancellationToken.None,
        TaskCreationOptions.DenyChildAttach,
        _background));
}
