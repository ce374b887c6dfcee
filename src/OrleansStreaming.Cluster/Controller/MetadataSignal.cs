namespace OrleansStreaming.Cluster.Controller;

/// <summary>Wakes those who wait for newer metadata. For the turns of one grain.</summary>
internal sealed class MetadataSignal
{
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _version = -1;

    public void Set(long version)
    {
        if (version == _version)
        {
            return;
        }

        _version = version;
        var moved = _moved;
        _moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        moved.SetResult();
    }

    /// <summary>Completes at the next <see cref="Set"/> of another version, after the timeout, or when the silo stops.</summary>
    public async Task WaitAsync(TimeSpan timeout, TimeProvider time, CancellationToken stopping)
    {
        try
        {
            await _moved.Task.WaitAsync(timeout, time, stopping);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // Answering with nothing new is how a long poll ends.
        }
    }
}
