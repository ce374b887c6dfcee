namespace OrleansStreaming.Storage.Devices;

/// <summary>
/// Keeps background reading and writing under a rate: whoever has moved bytes waits until they are paid for. Any thread; several
/// share the rate.
/// </summary>
/// <param name="bytesPerSecond">Infinity or the largest double for no limit.</param>
public sealed class IoPace(double bytesPerSecond, TimeProvider time)
{
    // Shorter waits are saved up: a timer costs more than they bring.
    private static readonly TimeSpan _shortestWait = TimeSpan.FromMilliseconds(10);

    private readonly Lock _gate = new();
    private double _bytesPerSecond = bytesPerSecond;
    private DateTimeOffset _paidUntil = DateTimeOffset.MinValue;

    /// <summary>No limit.</summary>
    public static readonly IoPace Unlimited = new(double.PositiveInfinity, TimeProvider.System);

    /// <summary>Applies from the next bytes on.</summary>
    public void Change(double bytesPerSecond)
    {
        lock (_gate)
        {
            _bytesPerSecond = bytesPerSecond;
        }
    }

    /// <summary>Completes when the bytes just moved fit into the rate.</summary>
    public Task TakeAsync(long bytes, CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (_gate)
        {
            var seconds = bytes / Math.Max(_bytesPerSecond, 1);
            if (seconds < 1e-9)
            {
                return Task.CompletedTask;
            }

            var now = time.GetUtcNow();
            var from = _paidUntil > now ? _paidUntil : now;
            _paidUntil = from + TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue));
            wait = _paidUntil - now;
        }

        return wait < _shortestWait ? Task.CompletedTask : Task.Delay(Shorter(wait), time, cancellationToken);
    }

    private static TimeSpan Shorter(TimeSpan wait) => wait < TimeSpan.FromDays(1) ? wait : TimeSpan.FromDays(1);
}
