using OrleansStreaming.Kafka.Protocol;
using OrleansStreaming.Records.Sources;

namespace OrleansStreaming.Kafka.Dispatch;

/// <summary>One request on its way: who asks, in which version, and what lives as long as its answer.</summary>
public sealed class RequestContext(ClientConnection client, ApiRegistry apis, RequestHeader header, CancellationToken closed)
{
    private readonly TaskCompletionSource _inputReleased = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _ownership = new();
    private List<RecordSource>? _owned;
    private bool _isOver;

    public ClientConnection Client { get; } = client;

    public ApiRegistry Apis { get; } = apis;

    public RequestHeader Header { get; } = header;

    public short Version => Header.ApiVersion;

    /// <summary>The version in which the answer is written: the request's, but for ApiVersions in an unknown one.</summary>
    public short AnswerVersion { get; set; } = header.ApiVersion;

    /// <summary>
    /// Cancelled when the client has closed the connection or the broker stops: a handler that waits for something to happen
    /// answers with what there is.
    /// </summary>
    public CancellationToken Closed { get; } = closed;

    /// <summary>Set by a handler that must not answer and whose client has to notice: acks=0 that failed.</summary>
    public bool CloseConnection { get; set; }

    internal Task InputReleased => _inputReleased.Task;

    /// <summary>
    /// Says that the request's bytes are no longer needed and that later requests of this connection may start. Called by
    /// handlers that wait (a long poll, a commit); answers still leave in the order of their requests.
    /// </summary>
    public void ReleaseInput() => _inputReleased.TrySetResult();

    /// <summary>The source is disposed after the answer was sent, or when it never will be: at once, if that is already known.</summary>
    public void Own(RecordSource source)
    {
        lock (_ownership)
        {
            if (!_isOver)
            {
                (_owned ??= []).Add(source);
                return;
            }
        }

        source.Dispose();
    }

    internal void DisposeOwned()
    {
        List<RecordSource>? owned;
        lock (_ownership)
        {
            _isOver = true;
            (owned, _owned) = (_owned, null);
        }

        foreach (var source in owned ?? [])
        {
            source.Dispose();
        }
    }
}
