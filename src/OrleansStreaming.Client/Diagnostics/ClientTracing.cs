using System.Diagnostics;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Diagnostics;

/// <summary>
/// Trace spans of the client, named and tagged as OpenTelemetry's messaging conventions ask, and the W3C trace context in record
/// headers that ties them together. Free when nobody listens.
/// </summary>
internal static class ClientTracing
{
    public const string Name = "OrleansStreaming.Client";

    private const string TraceParent = "traceparent";
    private const string TraceState = "tracestate";

    private static readonly ActivitySource _source = new(Name);

    /// <summary>The span of producing one record; null when nobody listens.</summary>
    public static Activity? StartProduce(string topic)
    {
        if (!_source.HasListeners())
        {
            return null;
        }

        var activity = _source.StartActivity($"{topic} publish", ActivityKind.Producer);
        activity?.SetTag("messaging.system", "orleans_streaming");
        activity?.SetTag("messaging.operation.type", "send");
        activity?.SetTag("messaging.destination.name", topic);
        return activity;
    }

    /// <summary>The headers with the current trace context; the ones given when there is none, or they carry one already.</summary>
    public static Headers? Inject(Headers? headers)
    {
        if (Activity.Current is not { IdFormat: ActivityIdFormat.W3C, Id: { } id } current || headers?.TryGet(TraceParent, out _) == true)
        {
            return headers;
        }

        Headers carried = [];
        foreach (var header in headers ?? Headers.Empty)
        {
            carried.Add(header.Key, header.Value);
        }

        carried.Add(TraceParent, id);
        if (!string.IsNullOrEmpty(current.TraceStateString))
        {
            carried.Add(TraceState, current.TraceStateString);
        }

        return carried;
    }

    /// <summary>The span of processing a record, child of the one in its headers.</summary>
    public static Activity? StartProcess(TopicPartition partition, Offset offset, Headers headers)
    {
        if (!_source.HasListeners())
        {
            return null;
        }

        ActivityContext.TryParse(headers.GetString(TraceParent), headers.GetString(TraceState), isRemote: true, out var parent);
        var activity = _source.StartActivity($"{partition.Topic} process", ActivityKind.Consumer, parent);
        activity?.SetTag("messaging.system", "orleans_streaming");
        activity?.SetTag("messaging.operation.type", "process");
        activity?.SetTag("messaging.destination.name", partition.Topic);
        activity?.SetTag("messaging.destination.partition.id", partition.Partition.ToString(System.Globalization.CultureInfo.InvariantCulture));
        activity?.SetTag("messaging.kafka.offset", offset.Value);
        return activity;
    }
}
