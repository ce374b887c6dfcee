namespace OrleansStreaming.Cli.Measuring;

/// <summary>
/// When each record of a steady stream is to be sent. A latency counts from there, so that a stall is charged to every record
/// that it delays and not only to the one that met it. For one sender.
/// </summary>
/// <param name="perSecond">Zero for as fast as they come: each is then due when asked for.</param>
internal sealed class Pacing(TimeProvider time, double perSecond)
{
    /// <summary>Timers are no finer: a record due sooner goes at once, and its latency counts from then.</summary>
    private static readonly TimeSpan _grain = TimeSpan.FromMilliseconds(1);

    private readonly long _began = time.GetTimestamp();

    /// <summary>Waits until the record is due.</summary>
    /// <param name="index">From 0.</param>
    /// <returns>What its latency counts from, in the clock's timestamps.</returns>
    public async ValueTask<long> NextAsync(long index, CancellationToken cancellationToken)
    {
        if (perSecond <= 0)
        {
            return time.GetTimestamp();
        }

        var due = _began + (long)(index / perSecond * time.TimestampFrequency);
        var ahead = time.GetElapsedTime(time.GetTimestamp(), due);
        if (ahead >= _grain)
        {
            await Task.Delay(ahead, time, cancellationToken).ConfigureAwait(false);
        }

        return Math.Min(due, time.GetTimestamp());
    }
}
