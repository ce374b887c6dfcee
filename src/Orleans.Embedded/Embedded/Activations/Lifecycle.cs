using Orleans.Runtime;

namespace Orleans.Embedded.Activations;

/// <summary>Starts its observers in stages, the lowest first, and stops those that were started in reverse. One caller at a time.</summary>
internal class Lifecycle : IGrainLifecycle
{
    private readonly Lock _lock = new();
    private readonly List<Subscription> _subscriptions = [];
    private int? _highestStarted;

    public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new Subscription(this, stage, observer);
        lock (_lock)
        {
            if (_highestStarted is not null)
            {
                throw new InvalidOperationException("Lifecycle has already been started.");
            }

            _subscriptions.Add(subscription);
        }

        return subscription;
    }

    /// <summary>An exception ends the start; <see cref="OnStop"/> then stops what was begun.</summary>
    public async Task OnStart(CancellationToken cancellationToken)
    {
        foreach (var stage in Stages())
        {
            cancellationToken.ThrowIfCancellationRequested();
            _highestStarted = stage.Key;
            await Task.WhenAll(stage.Select(subscription => subscription.Observer.OnStart(cancellationToken)));
            OnStageStarted(stage.Key);
        }
    }

    /// <summary>Stops all stages that were begun, whatever fails, then throws what failed.</summary>
    public async Task OnStop(CancellationToken cancellationToken)
    {
        List<Exception>? failures = null;
        foreach (var stage in Stages().Where(stage => stage.Key <= _highestStarted).Reverse())
        {
            try
            {
                await Task.WhenAll(stage.Select(subscription => subscription.Observer.OnStop(cancellationToken)));
            }
            catch (Exception failure)
            {
                (failures ??= []).Add(failure);
            }

            OnStageStopped(stage.Key);
        }

        if (failures is not null)
        {
            throw new AggregateException(failures);
        }
    }

    protected virtual void OnStageStarted(int stage)
    {
    }

    protected virtual void OnStageStopped(int stage)
    {
    }

    private List<IGrouping<int, Subscription>> Stages()
    {
        lock (_lock)
        {
            return [.. _subscriptions.GroupBy(subscription => subscription.Stage).OrderBy(stage => stage.Key)];
        }
    }

    private void Remove(Subscription subscription)
    {
        lock (_lock)
        {
            _subscriptions.Remove(subscription);
        }
    }

    private sealed class Subscription(Lifecycle lifecycle, int stage, ILifecycleObserver observer) : IDisposable
    {
        public int Stage { get; } = stage;

        public ILifecycleObserver Observer { get; } = observer;

        public void Dispose() => lifecycle.Remove(this);
    }
}
