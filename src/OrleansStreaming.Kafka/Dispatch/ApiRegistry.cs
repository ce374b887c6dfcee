using OrleansStreaming.Kafka.Protocol.Messages;

namespace OrleansStreaming.Kafka.Dispatch;

/// <summary>The handlers by API key: what the endpoint serves, and so what it announces.</summary>
public sealed class ApiRegistry
{
    private readonly IApiHandler?[] _byKey;

    /// <exception cref="ArgumentException">Two handlers claim one API.</exception>
    public ApiRegistry(IEnumerable<IApiHandler> handlers)
    {
        Handlers = [.. handlers.OrderBy(handler => handler.Key)];
        _byKey = new IApiHandler?[Handlers.Count == 0 ? 0 : (int)Handlers[^1].Key + 1];
        foreach (var handler in Handlers)
        {
            ref var slot = ref _byKey[(int)handler.Key];
            slot = slot is null ? handler : throw new ArgumentException($"Two handlers claim {handler.Key}.", nameof(handlers));
        }
    }

    /// <summary>All handlers, by API key.</summary>
    public IReadOnlyList<IApiHandler> Handlers { get; }

    /// <summary>The handler, or null for an API that is not served.</summary>
    public IApiHandler? Find(ApiKey key) => (uint)key < (uint)_byKey.Length ? _byKey[(int)key] : null;
}
