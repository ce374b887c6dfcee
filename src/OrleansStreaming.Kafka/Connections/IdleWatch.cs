namespace OrleansStreaming.Kafka.Connections;

/// <summary>
/// Ends a connection on which nothing was asked or answered for <c>connections.max.idle.ms</c>: a client that is gone without a
/// word would hold it for ever. One that waits for an answer is not idle. Any thread.
/// </summary>
internal sealed class IdleWatch : IDisposable
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _limit;
    private readonly Action _expire;
    private readonly ITimer? _timer;
    private long _lastActive;
    private int _unanswered;

    /// <param name="limit">Negative: the connection may be idle for ever.</param>
    /// <param name="expire">Called once, on a timer's thread.</param>
    public IdleWatch(TimeSpan limit, TimeProvider time, Action expire)
    {
        (_time, _limit, _expire) = (time, limit, expire);
        _lastActive = time.GetTimestamp();
        _timer = limit < TimeSpan.Zero ? null : time.CreateTimer(static self => ((IdleWatch)self!).Look(), this, limit, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A request has come.</summary>
    public void Asked() => Interlocked.Increment(ref _unanswered);

    /// <summary>A request is done with.</summary>
    public void Answered()
    {
        Volatile.Write(ref _lastActive, _time.GetTimestamp());
        Interlocked.Decrement(ref _unanswered);
    }

    public void Dispose() => _timer?.Dispose();

    private void Look()
    {
        var left = Volatile.Read(ref _unanswered) > 0 ? _limit : _limit - _time.GetElapsedTime(Volatile.Read(ref _lastActive));
        if (left > TimeSpan.Zero)
        {
            _timer?.Change(left, Timeout.InfiniteTimeSpan);
        }
        else
        {
            _expire();
        }
    }
}
