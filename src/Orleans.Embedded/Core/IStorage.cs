namespace Orleans.Core;

/// <summary>A record of a grain's durable state. Used only in the grain's turns; operations run one after the other.</summary>
public interface IStorage
{
    /// <summary>The version in storage that <c>State</c> was read from or written as; null when nothing is stored.</summary>
    string? Etag { get; }

    bool RecordExists { get; }

    /// <exception cref="Orleans.Storage.InconsistentStateException">Somebody else wrote since.</exception>
    Task ClearStateAsync();

    /// <exception cref="Orleans.Storage.InconsistentStateException">Somebody else wrote since.</exception>
    Task WriteStateAsync();

    Task ReadStateAsync();

    Task ClearStateAsync(CancellationToken cancellationToken) => ClearStateAsync();

    Task WriteStateAsync(CancellationToken cancellationToken) => WriteStateAsync();

    Task ReadStateAsync(CancellationToken cancellationToken) => ReadStateAsync();
}

/// <summary>A record of a grain's durable state, with its value.</summary>
public interface IStorage<TState> : IStorage
{
    TState State { get; set; }
}
