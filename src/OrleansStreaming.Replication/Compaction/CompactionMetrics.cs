using System.Diagnostics.Metrics;
using OrleansStreaming.Replication.Metrics;
using OrleansStreaming.Storage.Compaction;

namespace OrleansStreaming.Replication.Compaction;

/// <summary>What operators watch of compaction and scrubbing.</summary>
internal sealed class CompactionMetrics
{
    private readonly Counter<long> _read;
    private readonly Counter<long> _written;
    private readonly Counter<long> _removed;
    private readonly Counter<long> _scrubbed;
    private double _lastRun;
    private int _corrupted;

    public CompactionMetrics(IMeterFactory meters, DirtyLogs logs)
    {
        var meter = meters.Create(ReplicationMetrics.MeterName);
        _read = meter.CreateCounter<long>("streaming.compaction.read", "By", "Bytes that compaction has read.");
        _written = meter.CreateCounter<long>("streaming.compaction.written", "By", "Bytes that compaction has written.");
        _removed = meter.CreateCounter<long>("streaming.compaction.removed", "{record}", "Records that compaction has removed.");
        _scrubbed = meter.CreateCounter<long>("streaming.scrub.read", "By", "Bytes of segments that were checked again.");
        meter.CreateObservableGauge("streaming.compaction.dirty.ratio.max", () => logs.MaxRatio, "1", "Dirty share of the dirtiest log.");
        meter.CreateObservableGauge("streaming.compaction.last.run", () => Volatile.Read(ref _lastRun), "s", "Time that the last compaction took.");
        meter.CreateObservableGauge(
            "streaming.compaction.uncleanable", () => logs.Uncleanable.Count, "{partition}", "Logs that cannot be compacted.");
        meter.CreateObservableGauge(
            "streaming.log.corrupted", () => Volatile.Read(ref _corrupted), "{partition}", "Logs with known damage, which is not served.");
    }

    public void Compacted(CompactionResult result, TimeSpan took)
    {
        _read.Add(result.BytesRead);
        _written.Add(result.BytesWritten);
        _removed.Add(result.RecordsRead - result.RecordsKept);
        Volatile.Write(ref _lastRun, took.TotalSeconds);
    }

    public void Scrubbed(long bytes) => _scrubbed.Add(bytes);

    public void Corrupted(int logs) => Volatile.Write(ref _corrupted, logs);
}
