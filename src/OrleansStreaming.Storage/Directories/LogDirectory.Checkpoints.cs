using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Devices;
using OrleansStreaming.Storage.Logs;

namespace OrleansStreaming.Storage.Directories;

public sealed partial class LogDirectory
{
    /// <summary>Writes the recovery-point, log-start and cleaner checkpoints.</summary>
    /// <exception cref="IOException">The disk refused; the checkpoints are as they were.</exception>
    public void WriteCheckpoints()
    {
        lock (_checkpointGate)
        {
            TakeOffsets();
            WriteOffsets();
        }
    }

    /// <summary>Replaces the replication checkpoint, from which a restarted broker knows what was committed.</summary>
    /// <param name="highWatermarks">Looked at while no replica is being deleted: of one that is, nothing is written any more.</param>
    /// <exception cref="IOException">The disk refused; the checkpoint is as it was.</exception>
    public void WriteHighWatermarks(IEnumerable<KeyValuePair<TopicPartition, Offset>> highWatermarks)
    {
        lock (_checkpointGate)
        {
            ReplaceHighWatermarks(highWatermarks.ToDictionary());
        }
    }

    // A later replica of that name has another history: its end before this would look like a loss.
    private void ForgetHighWatermark(TopicPartition partition)
    {
        lock (_checkpointGate)
        {
            if (HighWatermarks.ContainsKey(partition))
            {
                ReplaceHighWatermarks(HighWatermarks.Where(x => x.Key != partition).ToDictionary());
            }
        }
    }

    private void ReplaceHighWatermarks(Dictionary<TopicPartition, Offset> highWatermarks)
    {
        _highWatermarkFile.Write(highWatermarks.Select(static x => KeyValuePair.Create(x.Key, x.Value.Value)));
        HighWatermarks = highWatermarks;
    }

    // Otherwise a crash could find unsynced batches where a checkpoint promises synced ones, or a start behind the end.
    private void OnTruncating(TopicPartition partition, Offset offset)
    {
        lock (_checkpointGate)
        {
            if (_recoveryPoints.GetValueOrDefault(partition) <= offset.Value
                && _logStarts.GetValueOrDefault(partition) <= offset.Value
                && _cleanedTo.GetValueOrDefault(partition) <= offset.Value)
            {
                return;
            }

            TakeOffsets();
            _recoveryPoints[partition] = Math.Min(_recoveryPoints.GetValueOrDefault(partition), offset.Value);
            _logStarts[partition] = Math.Min(_logStarts.GetValueOrDefault(partition), offset.Value);
            _cleanedTo[partition] = Math.Min(_cleanedTo.GetValueOrDefault(partition), offset.Value);
            WriteOffsets();
        }
    }

    // From the log, not from whoever calls: a truncation in between has the last word.
    private void OnCleaned()
    {
        lock (_checkpointGate)
        {
            TakeOffsets();
            _cleanedToFile.Write(_cleanedTo.Where(x => x.Value > 0));
        }
    }

    private void TakeOffsets()
    {
        foreach (var (partition, log) in _logs)
        {
            _recoveryPoints[partition] = log.FlushedTo.Value;
            _logStarts[partition] = log.LogStart.Value;
            _cleanedTo[partition] = log.CleanedTo.Value;
        }
    }

    private void WriteOffsets()
    {
        _recoveryPointFile.Write(_recoveryPoints);
        _logStartFile.Write(_logStarts.Where(x => x.Value > 0));
        _cleanedToFile.Write(_cleanedTo.Where(x => x.Value > 0));
    }

    private bool TakeCleanShutdownMarker()
    {
        var path = System.IO.Path.Combine(Path, DirectoryLayout.CleanShutdown);
        if (!_device.FileExists(path))
        {
            return false;
        }

        // Gone for good before anything is written, or a crash would pass for a clean shutdown.
        _device.DeleteFile(path);
        _device.FlushDirectory(Path);
        return true;
    }
}
