using System.Diagnostics.Metrics;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Metrics;

/// <summary>What operators watch of the replicas on this broker. Counted per batch; sizes are asked for only when read.</summary>
internal sealed class ReplicationMetrics
{
    public const string MeterName = "OrleansStreaming.Replication";

    private readonly Counter<long> _bytes;
    private readonly Counter<long> _records;
    private readonly Counter<long> _errors;
    private readonly Counter<long> _shrinks;
    private readonly Counter<long> _expands;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _received;
    private readonly Counter<long> _damages;

    public ReplicationMetrics(IMeterFactory meters, IObservedReplicas replicas)
    {
        var meter = meters.Create(MeterName);
        _bytes = meter.CreateCounter<long>("streaming.append.bytes", "By", "Bytes of record batches appended by producers.");
        _records = meter.CreateCounter<long>("streaming.append.records", "{record}", "Records appended by producers.");
        _errors = meter.CreateCounter<long>("streaming.append.errors", "{batch}", "Record batches refused.");
        meter.CreateObservableGauge("streaming.log.size", () => replicas.Observed.Sum(replica => replica.SizeInBytes), "By", "Bytes of all logs.");
        meter.CreateObservableGauge("streaming.partitions", () => replicas.Observed.Count(), "{partition}", "Replicas on this broker.");
        meter.CreateObservableGauge(
            "streaming.leaders", () => replicas.Observed.Count(replica => replica.Status.IsLeader), "{partition}", "Partitions this broker leads.");
        _shrinks = meter.CreateCounter<long>("streaming.isr.shrinks", "{shrink}", "In-sync sets of partitions led here that became smaller.");
        _expands = meter.CreateCounter<long>("streaming.isr.expands", "{expansion}", "In-sync sets of partitions led here that became larger.");
        _sent = meter.CreateCounter<long>("streaming.replication.sent", "By", "Bytes of record batches sent to followers.");
        _received = meter.CreateCounter<long>("streaming.replication.received", "By", "Bytes of record batches received from leaders.");
        _damages = meter.CreateCounter<long>("streaming.log.damages", "{damage}", "Damage found in logs here, also where it has been repaired since.");
        meter.CreateObservableGauge(
            "streaming.partitions.under_replicated",
            () => replicas.Observed.Count(replica => replica.InSync is var (inSync, all, _) && inSync < all),
            "{partition}",
            "Partitions led here with replicas that are not in sync.");
        meter.CreateObservableGauge(
            "streaming.partitions.under_min_isr",
            () => replicas.Observed.Count(replica => replica.InSync is var (inSync, _, least) && inSync < least),
            "{partition}",
            "Partitions led here with fewer in-sync replicas than min.insync.replicas.");
        meter.CreateObservableGauge(
            "streaming.partitions.offline",
            () => replicas.Observed.Count(replica => replica.Status.Leader == BrokerId.None),
            "{partition}",
            "Replicas here of partitions without a known leader.");
        meter.CreateObservableGauge(
            "streaming.replication.max_lag",
            () => replicas.Observed.Select(replica => replica.MaxLag).DefaultIfEmpty().Max(),
            "{record}",
            "The most records that a follower of a partition led here lacks.");
    }

    /// <summary>Damage was found in a log here.</summary>
    public void Damaged(in KeyValuePair<string, object?> topic) => _damages.Add(1, topic);

    public void Appended(in KeyValuePair<string, object?> topic, long bytes, long records)
    {
        _bytes.Add(bytes, topic);
        _records.Add(records, topic);
    }

    public void Refused(in KeyValuePair<string, object?> topic) => _errors.Add(1, topic);

    /// <summary>The in-sync set of a partition led here changed.</summary>
    public void InSyncChanged(in KeyValuePair<string, object?> topic, int before, int after)
    {
        if (after != before)
        {
            (after < before ? _shrinks : _expands).Add(1, topic);
        }
    }

    public void Sent(long bytes) => _sent.Add(bytes);

    public void Received(long bytes) => _received.Add(bytes);
}
