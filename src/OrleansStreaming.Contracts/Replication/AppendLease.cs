namespace OrleansStreaming.Contracts.Replication;

/// <summary>
/// Says who may touch the buffers of an <see cref="AppendRequest"/> inside one process. A call that timed out may still be
/// queued at the grain; without this, the caller would hand the buffers back to their pool and the late append would write
/// another client's bytes (CVE-2026-35554). A request that crossed to another process owns its own copy and its own lease.
/// </summary>
internal sealed class AppendLease
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state;

    private enum State
    {
        Offered,
        Taken,
        Revoked,
    }

    /// <summary>Takes the buffers for the append; false when the caller has given up.</summary>
    public bool TryTake() =>
        Interlocked.CompareExchange(ref _state, (int)State.Taken, (int)State.Offered) == (int)State.Offered;

    public void End() => _ended.TrySetResult();

    /// <summary>Takes the buffers back: at once when the append has not begun, else when it has ended.</summary>
    public Task RevokeAsync() =>
        Interlocked.CompareExchange(ref _state, (int)State.Revoked, (int)State.Offered) == (int)State.Offered
            ? Task.CompletedTask
            : _ended.Task;
}
