using OrleansStreaming.Kafka.Protocol.Messages;

namespace OrleansStreaming.Kafka.Dispatch;

/// <summary>
/// Serves one API. One instance a broker, called for many connections at once, so it keeps no state of its own.
/// </summary>
public interface IApiHandler
{
    ApiKey Key { get; }

    ApiVersionRange Versions { get; }

    /// <summary>
    /// Answers a decoded request; null answers nothing (acks=0). The connection reads its next request when the task ends, or
    /// earlier when the handler calls <see cref="RequestContext.ReleaseInput"/> because it is going to wait.
    /// </summary>
    ValueTask<IResponseMessage?> HandleAsync(RequestContext context, IRequestMessage request);
}
