using Orleans.Runtime;

namespace Orleans.Embedded.Calls;

/// <inheritdoc/>
internal sealed class GrainCall<TResult>(GrainMethod<TResult> method, GrainReference target, object?[] arguments)
    : GrainCall(method, target, arguments)
{
    /// <summary>Continuations run elsewhere: the callee's turn must not run its caller's code.</summary>
    private readonly TaskCompletionSource<TResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TResult> Task => _completion.Task;

    public override bool HasOutcome => _completion.Task.IsCompleted;

    public static object? ResultOfTask(Task task) => typeof(TResult) == typeof(Nothing) ? null : ((Task<TResult>)task).Result;

    public static TResult FromObject(object? result) => typeof(TResult) == typeof(Nothing) ? default! : (TResult)result!;

    public override object? ResultOf(Task task) => ResultOfTask(task);

    public override void Complete(object? result) => CompleteWith(FromObject(result));

    public override void CompleteOwned(object? result)
    {
        if (_completion.TrySetResult(FromObject(result)))
        {
            Settle();
        }
    }

    /// <summary>The caller is in this process: it is never gone.</summary>
    public override void Abandon()
    {
    }

    public override void Complete() => _completion.TrySetResult(default!);

    public override bool Fail(Exception exception)
    {
        var isFirst = exception is OperationCanceledException cancelled
            ? _completion.TrySetCanceled(cancelled.CancellationToken)
            : _completion.TrySetException(exception);
        if (isFirst)
        {
            Settle();
        }

        return isFirst;
    }

    protected override void Complete(Task finished) =>
        CompleteWith(typeof(TResult) == typeof(Nothing) ? default! : ((Task<TResult>)finished).Result);

    private void CompleteWith(TResult result)
    {
        if (_completion.TrySetResult(method.CopyResult(result)))
        {
            Settle();
        }
    }
}
