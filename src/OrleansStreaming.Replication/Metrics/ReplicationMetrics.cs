using System.Diagnostics.Metrics;
using OrleansStreaming.Contracts.Replication;

namespace OrleansStreaming.Replication.Metrics;

/// <summary>What operators watch of the replicas on this broker. Counted per batch; sizes are asked for only when read.</summary>
internal sealed class ReplicationMetrics
{
    public const string MeterName = "OrleansStreaming.Replication";

    private readonly Counter<long> _bytes;
    private readonly Counter<long> _records;
    private readonly Counter<long> _errors;

    public ReplicationMetrics(IMeterFactory meters, ILocalReplicas replicas)
    {
        var meter = meters.Create(MeterName);
        _bytes = meter.CreateCounter<long>("streaming.append.bytes", "By", "Bytes of record batches appended by producers.");
        _records = meter.CreateCounter<long>("streaming.append.records", "{record}", "Records appended by producers.");
        _errors = meter.CreateCounter<long>("streaming.append.errors", "{batch}", "Record batches refused.");
        meter.CreateObservableGauge("streaming.log.size", () => replicas.All.Sum(replica => replica.SizeInBytes), "By", "Bytes of all logs.");
        meter.CreateObservableGauge("streaming.partitions", () => replicas.All.Count, "{partition}", "Replicas on this broker.");
        meter.CreateObservableGauge(
            "streaming.leaders", () => replicas.All.Count(replica => replica.Status.IsLeader), "{partition}", "Partitions this broker leads.");
    }

    public void Appended(in KeyValuePair<string, object?> topic, long bytes, long records)
    {
        _bytes.Add(bytes, topic);
        _records.Add(records, topic);
    }

    public void Refused(in KeyValuePair<string, object?> topic) => _errors.Add(1, topic);
}
