namespace OrleansStreaming.Storage.Logs;

/// <summary>
/// Runs one sync at a time, off the callers' threads. Whoever asks while one runs shares the next one, because only a sync that
/// begins after the request is sure to cover it.
/// </summary>
internal sealed class GroupCommit(Action sync, TaskScheduler scheduler)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _next;
    private bool _isRunning;

    public Task Request()
    {
        lock (_gate)
        {
            _next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var task = _next.Task;
            if (!_isRunning)
            {
                _isRunning = true;
                _ = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
            }

            return task;
        }
    }

    private void Run()
    {
        while (true)
        {
            TaskCompletionSource waiters;
            lock (_gate)
            {
                if (_next is null)
                {
                    _isRunning = false;
                    return;
                }

                waiters = _next;
                _next = null;
            }

            try
            {
                sync();
                waiters.SetResult();
            }
            catch (Exception e)
            {
                waiters.SetException(e);
            }
        }
    }
}
