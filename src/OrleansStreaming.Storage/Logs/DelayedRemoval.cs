using OrleansStreaming.Storage.Segments;

namespace OrleansStreaming.Storage.Logs;

/// <summary>
/// Removes the files of retired segments after <c>file.delete.delay.ms</c>, so that a reader that has just found a segment can still
/// open it. What is not removed when the log closes is removed when it opens again.
/// </summary>
internal sealed class DelayedRemoval(TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<ITimer> _timers = [];
    private bool _isDisposed;

    public void Schedule(Segment[] segments, long delayMs)
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            // Started only when the set knows it, so that the callback always finds it there.
            ITimer? timer = null;
            timer = time.CreateTimer(_ => Run(timer!, segments), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timers.Add(timer);
            timer.Change(TimeSpan.FromMilliseconds(Math.Clamp(delayMs, 0, int.MaxValue)), Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            foreach (var timer in _timers)
            {
                timer.Dispose();
            }

            _timers.Clear();
        }
    }

    private void Run(ITimer timer, Segment[] segments)
    {
        lock (_gate)
        {
            if (!_timers.Remove(timer))
            {
                return;
            }

            timer.Dispose();
        }

        foreach (var segment in segments)
        {
            try
            {
                segment.DeleteFiles();
            }
            catch (IOException)
            {
                // The next open of the log removes what is left.
            }
        }
    }
}
