using System.Collections.Concurrent;

namespace OrleansStreaming.Cli.Kafka.Wire;

/// <summary>One living connection for each address; a broken one is replaced by the next who asks. Any thread.</summary>
internal sealed class ConnectionPool(KafkaOptions options) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<BrokerAddress, BrokerConnection> _connections = new();
    private readonly SemaphoreSlim _opening = new(1);

    public bool IsConnected(BrokerAddress address) => _connections.TryGetValue(address, out var connection) && !connection.IsBroken;

    public async Task<BrokerConnection> GetAsync(BrokerAddress address, CancellationToken cancellationToken)
    {
        if (_connections.TryGetValue(address, out var known) && !known.IsBroken)
        {
            return known;
        }

        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_connections.TryGetValue(address, out known))
            {
                if (!known.IsBroken)
                {
                    return known;
                }

                await known.DisposeAsync().ConfigureAwait(false);
            }

            return _connections[address] = await BrokerConnection.OpenAsync(address, options, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _opening.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections.Values)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }
}
