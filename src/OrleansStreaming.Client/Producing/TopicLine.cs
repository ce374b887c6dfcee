namespace OrleansStreaming.Client.Producing;

/// <summary>
/// Records of a topic that could not be appended at once, in the order of their calls: one at a time, and while there are any,
/// later records stand behind them. Any thread.
/// </summary>
internal sealed class TopicLine
{
    private readonly Lock _gate = new();
    private Task _last = Task.CompletedTask;
    private volatile int _waiting;

    public bool IsEmpty => _waiting == 0;

    /// <summary>Takes a place now; the task completes when it is this one's turn. <see cref="Place.Dispose"/> ends the turn.</summary>
    public Place Enter()
    {
        lock (_gate)
        {
            _waiting++;
            var place = new Place(this, _last);
            _last = place.Left;
            return place;
        }
    }

    public sealed class Place(TopicLine line, Task before) : IDisposable
    {
        private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Turn { get; } = before;

        public Task Left => _left.Task;

        public void Dispose()
        {
            lock (line._gate)
            {
                line._waiting--;
            }

            _left.SetResult();
        }
    }
}
