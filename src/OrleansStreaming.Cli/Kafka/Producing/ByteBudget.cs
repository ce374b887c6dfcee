namespace OrleansStreaming.Cli.Kafka.Producing;

/// <summary>The bytes that records under way may hold; who finds no room waits in line. Any thread.</summary>
internal sealed class ByteBudget(long limit)
{
    private readonly Lock _gate = new();
    private readonly Queue<(long Bytes, TaskCompletionSource Turn)> _line = new();
    private long _used;

    /// <summary>A record that is larger than all of it enters when it is alone.</summary>
    public Task TakeAsync(long bytes)
    {
        lock (_gate)
        {
            if (_line.Count == 0 && Fits(bytes))
            {
                _used += bytes;
                return Task.CompletedTask;
            }

            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _line.Enqueue((bytes, turn));
            return turn.Task;
        }
    }

    public void Release(long bytes)
    {
        lock (_gate)
        {
            _used -= bytes;
            while (_line.TryPeek(out var first) && Fits(first.Bytes))
            {
                _line.Dequeue();
                _used += first.Bytes;
                first.Turn.SetResult();
            }
        }
    }

    private bool Fits(long bytes) => _used == 0 || _used + bytes <= limit;
}
