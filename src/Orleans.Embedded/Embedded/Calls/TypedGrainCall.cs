using Orleans.Runtime;

namespace Orleans.Embedded.Calls;

/// <inheritdoc/>
internal sealed class GrainCall<TResult>(GrainMethod<TResult> method, GrainReference target, object?[] arguments)
    : GrainCall(method, target, arguments)
{
    /// <summary>Continuations run elsewhere: the callee's turn must not run its caller's code.</summary>
    private readonly TaskCompletionSource<TResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TResult> Task => _completion.Task;

    public override Task Outcome => _completion.Task;

    public override object? ResultOf(Task task) => typeof(TResult) == typeof(Nothing) ? null : ((Task<TResult>)task).Result;

    public override void Complete(object? result) => CompleteWith(typeof(TResult) == typeof(Nothing) ? default! : (TResult)result!);

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
