using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace OrleansStreaming.Server.Telemetry;

/// <summary>
/// Listens to every meter of the product from the start of the process and writes what it heard for Prometheus. Recording runs
/// on the threads that measure, without locks or allocations; collecting is for one caller at a time.
/// </summary>
internal sealed class MetricsCollector : IDisposable
{
    private const string MeterPrefix = "OrleansStreaming.";

    private readonly Lock _collecting = new();
    private readonly ConcurrentDictionary<Instrument, InstrumentSeries> _instruments = new();
    private readonly MeterListener _listener = new();
    private long _collection;

    public MetricsCollector()
    {
        _listener.InstrumentPublished = Enable;
        _listener.SetMeasurementEventCallback<long>((_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<float>((_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<short>((_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<byte>((_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<decimal>((_, value, tags, state) => Record(state, (double)value, tags));
        _listener.Start();
    }

    public void Write(PrometheusWriter writer)
    {
        lock (_collecting)
        {
            _collection++;
            _listener.RecordObservableInstruments();
            foreach (var family in _instruments.Values.GroupBy(series => series.Family).OrderBy(family => family.Key, StringComparer.Ordinal))
            {
                foreach (var series in family)
                {
                    series.Write(writer, _collection);
                }
            }
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Enable(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter.Name.StartsWith(MeterPrefix, StringComparison.Ordinal))
        {
            listener.EnableMeasurementEvents(instrument, _instruments.GetOrAdd(instrument, key => new InstrumentSeries(key)));
        }
    }

    private void Record(object? state, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        ((InstrumentSeries)state!).Record(value, tags, _collection);
}
