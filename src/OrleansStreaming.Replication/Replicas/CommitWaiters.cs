using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Replicas;

/// <summary>
/// Producers that wait for the high watermark, ordered by the offset they wait for. The replica's gate keeps callers apart;
/// continuations run elsewhere.
/// </summary>
internal sealed class CommitWaiters(TimeProvider time, Func<ErrorCode> timeoutReason)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<CommitWaiter> _waiters = new();

    /// <summary>Completes when everything before <paramref name="end"/> is committed, or with why it is not.</summary>
    public Task<ErrorCode> Add(Offset end, TimeSpan timeout)
    {
        var waiter = new CommitWaiter(end);
        lock (_gate)
        {
            // Producers come in the order of their offsets, so this finds its place at once.
            var before = _waiters.Last;
            while (before is not null && before.Value.End > end)
            {
                before = before.Previous;
            }

            waiter.Node = before is null ? _waiters.AddFirst(waiter) : _waiters.AddAfter(before, waiter);
        }

        waiter.Timer = time.CreateTimer(_ => TimeOut(waiter), null, timeout, Timeout.InfiniteTimeSpan);
        if (waiter.Task.IsCompleted)
        {
            waiter.Timer.Dispose();
        }

        return waiter.Task;
    }

    public void Commit(Offset highWatermark)
    {
        lock (_gate)
        {
            while (_waiters.First is { } first && first.Value.End <= highWatermark)
            {
                _waiters.RemoveFirst();
                first.Value.Complete(ErrorCode.None);
            }
        }
    }

    public void Fail(ErrorCode reason)
    {
        lock (_gate)
        {
            foreach (var waiter in _waiters)
            {
                waiter.Complete(reason);
            }

            _waiters.Clear();
        }
    }

    private void TimeOut(CommitWaiter waiter)
    {
        lock (_gate)
        {
            if (waiter.Node?.List is null)
            {
                return;
            }

            _waiters.Remove(waiter.Node);
        }

        waiter.Complete(timeoutReason());
    }

    private sealed class CommitWaiter(Offset end) : TaskCompletionSource<ErrorCode>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public Offset End { get; } = end;

        public LinkedListNode<CommitWaiter>? Node { get; set; }

        public ITimer? Timer { get; set; }

        public void Complete(ErrorCode outcome)
        {
            TrySetResult(outcome);
            Timer?.Dispose();
        }
    }
}
