using OrleansStreaming.Contracts.Replication;

namespace OrleansStreaming.Replication.Replicas;

/// <summary>
/// Those who wait for a replica to move. Adding and removing take constant time, signalling allocates nothing and holds no lock
/// while it calls, so that a waiter may take its own locks. Any thread.
/// </summary>
internal sealed class WaiterSet
{
    [ThreadStatic]
    private static IProgressWaiter[]? _scratch;

    private readonly Lock _gate = new();
    private readonly Dictionary<IProgressWaiter, int> _positions = new(ReferenceEqualityComparer.Instance);
    private IProgressWaiter[] _waiters = new IProgressWaiter[4];
    private volatile int _count;

    public void Add(IProgressWaiter waiter)
    {
        lock (_gate)
        {
            if (!_positions.TryAdd(waiter, _count))
            {
                return;
            }

            if (_count == _waiters.Length)
            {
                Array.Resize(ref _waiters, _count * 2);
            }

            _waiters[_count] = waiter;
            _count++;
        }

        // The waiter looks at the status after this; a signaller looks at the count after it published the status.
        Interlocked.MemoryBarrier();
    }

    public void Remove(IProgressWaiter waiter)
    {
        lock (_gate)
        {
            if (!_positions.Remove(waiter, out var position))
            {
                return;
            }

            var last = _count - 1;
            if (position != last)
            {
                _waiters[position] = _waiters[last];
                _positions[_waiters[position]] = position;
            }

            _waiters[last] = null!;
            _count = last;
        }
    }

    /// <summary>Calls everyone who waits. A waiter removed meanwhile may still be called once.</summary>
    public void Signal()
    {
        Interlocked.MemoryBarrier();
        if (_count == 0)
        {
            return;
        }

        // A waiter may come back here on this thread: then it finds no scratch and makes its own.
        var scratch = _scratch ?? [];
        _scratch = null;
        int count;
        lock (_gate)
        {
            count = _count;
            if (scratch.Length < count)
            {
                scratch = new IProgressWaiter[_waiters.Length];
            }

            Array.Copy(_waiters, scratch, count);
        }

        for (var i = 0; i < count; i++)
        {
            scratch[i].OnProgress();
        }

        Array.Clear(scratch, 0, count);
        _scratch = scratch;
    }
}
