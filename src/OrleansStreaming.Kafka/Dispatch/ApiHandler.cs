using OrleansStreaming.Kafka.Protocol.Messages;

namespace OrleansStreaming.Kafka.Dispatch;

/// <summary>A handler of one request type: names its API and versions, and answers.</summary>
public abstract class ApiHandler<TRequest>(ApiKey key, ApiVersionRange versions) : IApiHandler
    where TRequest : class, IRequestMessage
{
    public ApiKey Key { get; } = key;

    public ApiVersionRange Versions { get; } = versions;

    public ValueTask<IResponseMessage?> HandleAsync(RequestContext context, IRequestMessage request) =>
        HandleAsync(context, (TRequest)request);

    /// <inheritdoc cref="IApiHandler.HandleAsync"/>
    protected abstract ValueTask<IResponseMessage?> HandleAsync(RequestContext context, TRequest request);
}
