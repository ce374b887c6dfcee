using Orleans.Core;

namespace Orleans.Runtime;

/// <summary>Durable state of a grain, injected with <see cref="PersistentStateAttribute"/>; read before the grain activates.</summary>
public interface IPersistentState<TState> : IStorage<TState>;
