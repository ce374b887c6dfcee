namespace OrleansStreaming.Storage.Tests.Support;

/// <summary>Runs background work at once on the caller's thread, or, when held, only when told to.</summary>
internal sealed class StepScheduler : TaskScheduler
{
    private readonly Queue<Task> _held = new();

    public bool Holds { get; set; }

    public void RunHeld()
    {
        while (_held.TryDequeue(out var task))
        {
            TryExecuteTask(task);
        }
    }

    protected override void QueueTask(Task task)
    {
        if (Holds)
        {
            _held.Enqueue(task);
        }
        else
        {
            TryExecuteTask(task);
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => !Holds && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => _held;
}
