using System.Diagnostics.Metrics;

namespace OrleansStreaming.Server.Telemetry;

/// <summary>All series of one instrument. Finding one takes no lock; a new one is added under a lock.</summary>
internal sealed class InstrumentSeries
{
    /// <summary>Series beyond this many share one without labels, so that a label gone wild cannot eat the memory.</summary>
    private const int MaxSeries = 20_000;

    /// <summary>Seconds; what OpenTelemetry takes for durations when an instrument advises nothing.</summary>
    private static readonly double[] _defaultBounds =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Lock _lock = new();
    private readonly Instrument _instrument;
    private readonly double[]? _bounds;
    private readonly bool _isSum;
    private Series?[] _slots = new Series?[256];
    private int _count;

    public InstrumentSeries(Instrument instrument)
    {
        _instrument = instrument;
        var type = instrument.GetType();
        var kind = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        IsCounter = kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>);
        IsHistogram = kind == typeof(Histogram<>);
        _isSum = kind == typeof(Counter<>) || kind == typeof(UpDownCounter<>);
        _bounds = IsHistogram ? BoundsOf(instrument) : null;
        Family = PrometheusNames.Family(instrument.Name, instrument.Unit, IsCounter);
    }

    public string Family { get; }

    public bool IsCounter { get; }

    public bool IsHistogram { get; }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, long collection)
    {
        var series = Find(tags);
        series.SeenAt = collection;
        series.Record(value);
    }

    public void Write(PrometheusWriter writer, long collection)
    {
        writer.Family(Family, _instrument.Description, IsCounter ? "counter" : IsHistogram ? "histogram" : "gauge");
        foreach (var slot in Volatile.Read(ref _slots))
        {
            for (var series = slot; series is not null; series = series.Next)
            {
                if (!_instrument.IsObservable || series.SeenAt == collection)
                {
                    series.Write(writer, Family);
                }
            }
        }
    }

    private static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(bound => (double)bound)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds.Select(bound => (double)bound)],
        _ => _defaultBounds,
    };

    private Series Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = TagSet.HashOf(tags);
        return Find(Volatile.Read(ref _slots), hash, tags) ?? AddSeries(hash, tags);
    }

    private static Series? Find(Series?[] slots, int hash, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        for (var series = Volatile.Read(ref slots[(uint)hash % slots.Length]); series is not null; series = series.Next)
        {
            if (series.Hash == hash && series.Tags.Holds(tags))
            {
                return series;
            }
        }

        return null;
    }

    private Series AddSeries(int hash, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
        {
            if (Find(_slots, hash, tags) is { } existing)
            {
                return existing;
            }

            if (_count >= MaxSeries)
            {
                return Find(_slots, TagSet.HashOf([]), []) ?? Insert(_slots, TagSet.Empty, TagSet.HashOf([]));
            }

            return Insert(_slots, new TagSet(tags), hash);
        }
    }

    private Series Insert(Series?[] slots, TagSet tags, int hash)
    {
        _count++;
        ref var slot = ref slots[(uint)hash % slots.Length];
        Series series = _bounds is null
            ? new Series.Scalar(tags, hash, slot, _isSum)
            : new Series.Distribution(tags, hash, slot, _bounds);
        Volatile.Write(ref slot, series);
        return series;
    }
}
