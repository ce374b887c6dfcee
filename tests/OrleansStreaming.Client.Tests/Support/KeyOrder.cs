namespace OrleansStreaming.Client.Tests.Support;

/// <summary>
/// What was sent for each key, and what was handled: numbers from 0 on. A number may be handled again after its handler has vanished,
/// but none before all that came before it. Any thread.
/// </summary>
internal sealed class KeyOrder(int keys)
{
    private readonly Lock _gate = new();
    private readonly int[] _sent = new int[keys];
    private readonly (int Next, int Handler)[] _handled = new (int, int)[keys];
    private readonly int[] _highest = new int[keys];
    private readonly Dictionary<int, int> _handlers = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<string> Violations { get; } = [];

    public int Next(int key) => _sent[key]++;

    public int HandledBy(int handler)
    {
        lock (_gate)
        {
            return _handlers.GetValueOrDefault(handler);
        }
    }

    public void Handle(int handler, int key, int number)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            var (next, before) = _handled[key];
            if (number > next || (number < next && handler == before))
            {
                Violations.Add($"key {key}: {number} came to {handler} when {next} was next, after {before}");
            }

            _handled[key] = (number + 1, handler);
            _highest[key] = Math.Max(_highest[key], number + 1);
            _handlers[handler] = _handlers.GetValueOrDefault(handler) + 1;
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    public async Task WhenAllAreHandledAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_sent.AsSpan().SequenceEqual(_highest))
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }
}
