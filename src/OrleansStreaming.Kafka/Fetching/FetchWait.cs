using OrleansStreaming.Contracts.Replication;

namespace OrleansStreaming.Kafka.Fetching;

/// <summary>
/// A parked fetch: woken by the first move of any of its replicas, or by its time limit. Waiting again re-arms it.
/// </summary>
internal sealed class FetchWait : IProgressWaiter, IDisposable
{
    private readonly List<ILocalReplica> _replicas;
    private readonly CancellationTokenSource _limit;
    private readonly CancellationTokenRegistration _wake;
    private readonly CancellationTokenRegistration _closed;
    private volatile TaskCompletionSource _progress = NewSource();

    /// <param name="replicas">What is watched.</param>
    /// <param name="limit">The longest wait, from now.</param>
    /// <param name="time">The clock of the limit.</param>
    /// <param name="closed">Ends the wait when the client is gone.</param>
    public FetchWait(List<ILocalReplica> replicas, TimeSpan limit, TimeProvider time, CancellationToken closed)
    {
        _replicas = replicas;
        _limit = new CancellationTokenSource(limit, time);
        _wake = _limit.Token.UnsafeRegister(static self => ((FetchWait)self!).OnProgress(), this);
        _closed = closed.UnsafeRegister(static self => ((FetchWait)self!)._limit.Cancel(), this);
        foreach (var replica in replicas)
        {
            replica.AddWaiter(this);
        }
    }

    /// <summary>True when the time is up or the client gone: answer with what there is.</summary>
    public bool IsOver => _limit.IsCancellationRequested;

    /// <summary>Arms the wait; a move after this call ends the next <see cref="NextAsync"/>.</summary>
    public void Arm()
    {
        if (_progress.Task.IsCompleted)
        {
            _progress = NewSource();
        }
    }

    /// <summary>Completes at the first move since <see cref="Arm"/>, or when it <see cref="IsOver"/>.</summary>
    public Task NextAsync() => IsOver ? Task.CompletedTask : _progress.Task;

    public void OnProgress() => _progress.TrySetResult();

    public void Dispose()
    {
        foreach (var replica in _replicas)
        {
            replica.RemoveWaiter(this);
        }

        _closed.Dispose();
        _wake.Dispose();
        _limit.Dispose();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
