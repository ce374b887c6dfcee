using System.Diagnostics.Metrics;

namespace OrleansStreaming.Client.Tests.Support;

/// <summary>Counts the batches of a topic that are acknowledged, by the client's own metrics.</summary>
internal sealed class BatchCounter : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _batches;
    private long _records;

    public BatchCounter(string topic)
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Name == "orleans_streaming.client.produce.batch")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((_, records, tags, _) =>
        {
            foreach (var tag in tags)
            {
                if (tag.Key == "topic" && (string?)tag.Value == topic)
                {
                    Interlocked.Increment(ref _batches);
                    Interlocked.Add(ref _records, records);
                }
            }
        });
        _listener.Start();
    }

    public long Count => Interlocked.Read(ref _batches);

    public long Records => Interlocked.Read(ref _records);

    public void Dispose() => _listener.Dispose();
}
