using System.Diagnostics;
using System.Diagnostics.Metrics;
using OrleansStreaming.Kafka.Protocol.Messages;

namespace OrleansStreaming.Kafka.Diagnostics;

/// <summary>What the endpoint counts, under the meter and the activity source <c>OrleansStreaming.Kafka</c>.</summary>
public sealed class EndpointMetrics : IDisposable
{
    public const string Name = "OrleansStreaming.Kafka";

    private static readonly ActivitySource Source = new(Name);

    private readonly Meter _meter;
    private readonly Counter<long> _received;
    private readonly Counter<long> _sent;
    private readonly UpDownCounter<long> _connections;
    private readonly UpDownCounter<long> _fetchSessions;
    private readonly Counter<long> _fetchSessionEvictions;
    private readonly Histogram<double> _duration;

    public EndpointMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(Name);
        _received = _meter.CreateCounter<long>("kafka.server.received", "By", "Bytes of requests.");
        _sent = _meter.CreateCounter<long>("kafka.server.sent", "By", "Bytes of answers.");
        _connections = _meter.CreateUpDownCounter<long>("kafka.server.connections", "{connection}", "Open client connections.");
        _fetchSessions = _meter.CreateUpDownCounter<long>("kafka.server.fetch_sessions", "{session}", "Fetch sessions that are kept (KIP-227).");
        _fetchSessionEvictions = _meter.CreateCounter<long>("kafka.server.fetch_sessions.evicted", "{session}", "Fetch sessions that gave way to others.");
        _duration = _meter.CreateHistogram<double>("kafka.server.request.duration", "s", "From the decoded request to its answer in the send buffer.");
    }

    internal static Activity? StartActivity(ApiKey key) =>
        Source.HasListeners() ? Source.StartActivity($"kafka {key}", ActivityKind.Server) : null;

    internal void BytesReceived(long count) => _received.Add(count);

    internal void BytesSent(long count) => _sent.Add(count);

    internal void ConnectionOpened() => _connections.Add(1);

    internal void ConnectionClosed() => _connections.Add(-1);

    internal void FetchSessionOpened() => _fetchSessions.Add(1);

    internal void FetchSessionClosed() => _fetchSessions.Add(-1);

    internal void FetchSessionEvicted() => _fetchSessionEvictions.Add(1);

    internal void RequestDone(ApiKey key, TimeSpan duration)
    {
        if (_duration.Enabled)
        {
            _duration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("api", ApiNames.Of(key)));
        }
    }

    public void Dispose() => _meter.Dispose();

    /// <summary>Names of the API keys, made once: naming an enum value allocates.</summary>
    private static class ApiNames
    {
        private static readonly Dictionary<ApiKey, string> Names = Enum.GetValues<ApiKey>().ToDictionary(key => key, key => key.ToString());

        public static string Of(ApiKey key) => Names[key];
    }
}
