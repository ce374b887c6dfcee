using System.Diagnostics.Metrics;

namespace OrleansStreaming.Client.Diagnostics;

/// <summary>What the client counts, under the meter <see cref="ClientTracing.Name"/>; once a batch, never once a record.</summary>
internal sealed class ClientMetrics
{
    private readonly Counter<long> _produced;
    private readonly Counter<long> _producedBytes;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _retries;
    private readonly Histogram<double> _latency;
    private readonly Histogram<int> _batchRecords;
    private readonly Counter<long> _consumed;
    private readonly Counter<long> _fetchedBytes;
    private readonly Counter<long> _poisoned;
    private readonly Counter<long> _rebalances;

    public ClientMetrics(IMeterFactory? factory)
    {
        var meter = factory?.Create(ClientTracing.Name) ?? new Meter(ClientTracing.Name);
        _produced = meter.CreateCounter<long>("orleans_streaming.client.produced", "{record}", "Records acknowledged");
        _producedBytes = meter.CreateCounter<long>("orleans_streaming.client.produced.size", "By", "Bytes of acknowledged batches, as sent");
        _failed = meter.CreateCounter<long>("orleans_streaming.client.produce.failed", "{record}", "Records that failed for good");
        _retries = meter.CreateCounter<long>("orleans_streaming.client.produce.retries", "{batch}", "Batches sent again");
        _latency = meter.CreateHistogram<double>("orleans_streaming.client.produce.duration", "s", "From a batch's first record to its acknowledgement");
        _batchRecords = meter.CreateHistogram<int>("orleans_streaming.client.produce.batch", "{record}", "Records in a batch");
        _consumed = meter.CreateCounter<long>("orleans_streaming.client.consumed", "{record}", "Records read");
        _fetchedBytes = meter.CreateCounter<long>("orleans_streaming.client.fetched.size", "By", "Bytes fetched");
        _poisoned = meter.CreateCounter<long>("orleans_streaming.client.poisoned", "{record}", "Records that could not be deserialized");
        _rebalances = meter.CreateCounter<long>("orleans_streaming.client.rebalances", "{rebalance}", "Generations joined");
    }

    public void Produced(string topic, int records, int bytes, TimeSpan latency)
    {
        var tag = Topic(topic);
        _produced.Add(records, tag);
        _producedBytes.Add(bytes, tag);
        _latency.Record(latency.TotalSeconds, tag);
        _batchRecords.Record(records, tag);
    }

    public void Failed(string topic, int records) => _failed.Add(records, Topic(topic));

    public void Retried(string topic) => _retries.Add(1, Topic(topic));

    public void Consumed(string topic, int records) => _consumed.Add(records, Topic(topic));

    public void Fetched(string topic, int bytes) => _fetchedBytes.Add(bytes, Topic(topic));

    public void Poisoned(string topic) => _poisoned.Add(1, Topic(topic));

    public void Rebalanced(string group) => _rebalances.Add(1, new KeyValuePair<string, object?>("group", group));

    private static KeyValuePair<string, object?> Topic(string topic) => new("topic", topic);
}
