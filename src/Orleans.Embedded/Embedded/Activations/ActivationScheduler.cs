using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Orleans.Embedded.Activations;

/// <summary>
/// Runs the turns of one activation, one at a time, on the thread pool. Inside a turn it is <see cref="TaskScheduler.Current"/>,
/// so that what a grain awaits comes back to it. Anything may be queued from any thread.
/// </summary>
internal sealed class ActivationScheduler(Activation activation, ILogger logger, HaltSwitch halt) : TaskScheduler, IWorkItemScheduler, IThreadPoolWorkItem
{
    /// <summary>After so many turns in a row the thread goes to others that wait for it.</summary>
    private const int TurnsInARow = 64;

    private readonly Lock _lock = new();
    private readonly Queue<object> _queue = new();
    private bool _isScheduled;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Queues a request for the activation to take up in a turn of its own.</summary>
    public void QueueRequest(ActivationRequest request) => Enqueue(request);

    void IWorkItemScheduler.QueueTask(Task task) => task.Start(this);

    public void QueueAction(Action action) => Enqueue(action);

    public void QueueAction(Action<object> action, object state) => Enqueue(() => action(state));

    /// <summary>On a pool thread: the turns that are due.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        var previous = RuntimeContext.Exchange(activation);
        for (var turn = 0; turn < TurnsInARow; turn++)
        {
            object? item;
            lock (_lock)
            {
                if (halt.IsPulled || !_queue.TryDequeue(out item))
                {
                    _isScheduled = false;
                    RuntimeContext.Exchange(previous);
                    return;
                }
            }

            RunTurn(item);
        }

        RuntimeContext.Exchange(previous);
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    protected override void QueueTask(Task task) => Enqueue(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && ReferenceEquals(RuntimeContext.Current, activation) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_lock)
        {
            return _queue.OfType<Task>().ToArray();
        }
    }

    private void Enqueue(object item)
    {
        lock (_lock)
        {
            _queue.Enqueue(item);
            if (_isScheduled)
            {
                return;
            }

            _isScheduled = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    private void RunTurn(object item)
    {
        if (item is Task task)
        {
            TryExecuteTask(task);
            return;
        }

        // Only a task makes this the current scheduler. It is made here, not where the item was queued, so that no execution
        // context flows from there into the grain.
        var turn = item is ActivationRequest
            ? new Task(static request => ((Activation)RuntimeContext.Current!).Receive((ActivationRequest)request!), item)
            : new Task((Action)item);
        turn.RunSynchronously(this);
        if (turn.Exception is { } failure)
        {
            logger.TurnFailed(failure.InnerException, activation);
        }
    }
}
