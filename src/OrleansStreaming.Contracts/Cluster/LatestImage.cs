namespace OrleansStreaming.Contracts.Cluster;

/// <summary>The newest image that somebody who tails the controller has, and those who wait for a newer one. Any thread.</summary>
public sealed class LatestImage
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ClusterImage _current = ClusterImage.Empty;

    /// <summary>Takes no lock.</summary>
    public ClusterImage Current => _current;

    /// <summary>Completes when <see cref="Current"/> is at least of this version.</summary>
    public async Task WaitForVersionAsync(long version, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task moved;
            lock (_gate)
            {
                if (_current.Version >= version)
                {
                    return;
                }

                moved = _moved.Task;
            }

            await moved.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>False for an update that is older or changes nothing.</summary>
    public bool TryAdvance(MetadataUpdate update)
    {
        TaskCompletionSource moved;
        lock (_gate)
        {
            var next = ClusterImages.Apply(_current, update);
            if (ReferenceEquals(next, _current))
            {
                return false;
            }

            _current = next;
            moved = _moved;
            _moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        moved.SetResult();
        return true;
    }
}
