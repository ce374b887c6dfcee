namespace OrleansStreaming.Client.Consuming;

/// <summary>Wakes the one who waits; a signal that finds nobody is kept for the next wait. Any thread sets, one waits.</summary>
internal sealed class AsyncSignal
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _waiter;
    private bool _isSet;

    public void Set()
    {
        TaskCompletionSource? waiter;
        lock (_gate)
        {
            waiter = _waiter;
            _waiter = null;
            _isSet = waiter is null;
        }

        waiter?.TrySetResult();
    }

    /// <summary>Forgets a signal that nobody has waited for yet.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            _isSet = false;
        }
    }

    public Task WaitAsync(CancellationToken cancellationToken)
    {
        Task waited;
        lock (_gate)
        {
            if (_isSet)
            {
                _isSet = false;
                return Task.CompletedTask;
            }

            _waiter ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waited = _waiter.Task;
        }

        return waited.WaitAsync(cancellationToken);
    }
}
