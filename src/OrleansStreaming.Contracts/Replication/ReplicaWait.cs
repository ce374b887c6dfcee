namespace OrleansStreaming.Contracts.Replication;

/// <summary>A wait for one replica to move, for a limited time. Arm it, look at the replica, then await it.</summary>
internal sealed class ReplicaWait : IProgressWaiter, IDisposable
{
    private readonly ILocalReplica _replica;
    private readonly ITimer _limit;
    private readonly CancellationTokenRegistration _cancelled;
    private volatile TaskCompletionSource _progress = NewSource();
    private volatile bool _isOver;

    public ReplicaWait(ILocalReplica replica, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        _replica = replica;
        _limit = time.CreateTimer(static self => ((ReplicaWait)self!).End(), this, limit, Timeout.InfiniteTimeSpan);
        _cancelled = cancellationToken.UnsafeRegister(static self => ((ReplicaWait)self!).End(), this);
        replica.AddWaiter(this);
    }

    public bool IsOver => _isOver;

    /// <summary>A move after this call ends the next <see cref="NextAsync"/>.</summary>
    public void Arm()
    {
        if (_progress.Task.IsCompleted)
        {
            _progress = NewSource();
        }
    }

    public Task NextAsync() => _isOver ? Task.CompletedTask : _progress.Task;

    public void OnProgress() => _progress.TrySetResult();

    public void Dispose()
    {
        _replica.RemoveWaiter(this);
        _cancelled.Dispose();
        _limit.Dispose();
    }

    private void End()
    {
        _isOver = true;
        OnProgress();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
