using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace OrleansStreaming.Kafka.Connections;

/// <summary>The three ends of a connection, which come at different times. Any thread may look and wait.</summary>
internal sealed class ConnectionLifetime : IDisposable
{
    private readonly CancellationTokenSource _severed = new();
    private readonly CancellationTokenSource _stopping;
    private readonly CancellationTokenSource _closed;

    public ConnectionLifetime(ConnectionContext transport)
    {
        var stopping = transport.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(_severed.Token, stopping);
        _closed = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, transport.ConnectionClosed);
    }

    /// <summary>Nothing more is received or sent.</summary>
    public CancellationToken Severed => _severed.Token;

    /// <summary>The broker stops, or the connection has been idle too long: no further request is taken, those taken are answered. Or <see cref="Severed"/>.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>
    /// The client has ended the connection or its half of it, so that nobody may be left to wait; what it sent before,
    /// acks=0 above all, is in the receive buffer and still counts. Or <see cref="Stopping"/>.
    /// </summary>
    public CancellationToken Closed => _closed.Token;

    public Task SeverAsync() => _severed.CancelAsync();

    /// <summary>No further request is taken, as when the broker stops.</summary>
    public void Expire()
    {
        try
        {
            _stopping.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The connection has ended in the same moment.
        }
    }

    public void Dispose()
    {
        _closed.Dispose();
        _stopping.Dispose();
        _severed.Dispose();
    }
}
