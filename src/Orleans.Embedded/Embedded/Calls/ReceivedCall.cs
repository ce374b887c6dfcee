using Orleans.Runtime;

namespace Orleans.Embedded.Calls;

/// <summary>Where the outcomes of calls from other processes go. Any thread.</summary>
internal interface ICallReplies
{
    /// <param name="servedBy">The silo that ran the call in the end; null for this one.</param>
    void Succeed<TResult>(long number, TResult result, SiloAddress? servedBy);

    void Fail(long number, Exception exception, SiloAddress? servedBy);
}

/// <summary>A call from another process; its outcome goes back there.</summary>
/// <param name="number">Of the reply; without meaning for one-way calls.</param>
internal sealed class ReceivedCall<TResult>(
    GrainMethod<TResult> method,
    GrainReference target,
    object?[] arguments,
    ICallReplies replies,
    long number) : GrainCall(method, target, arguments)
{
    private int _hasOutcome;

    public override bool HasOutcome => Volatile.Read(ref _hasOutcome) != 0;

    public override object? ResultOf(Task task) => GrainCall<TResult>.ResultOfTask(task);

    public override void Complete(object? result) => CompleteWith(GrainCall<TResult>.FromObject(result));

    public override void CompleteOwned(object? result)
    {
        if (TrySettle())
        {
            replies.Succeed(number, GrainCall<TResult>.FromObject(result), ServedBy);
        }
    }

    public override void Complete() => TrySettle();

    public override bool Fail(Exception exception)
    {
        if (!TrySettle())
        {
            return false;
        }

        if (!Method.IsOneWay)
        {
            replies.Fail(number, exception, ServedBy);
        }

        return true;
    }

    public override void Abandon() => TrySettle();

    protected override void Complete(Task finished) =>
        CompleteWith(typeof(TResult) == typeof(Nothing) ? default! : ((Task<TResult>)finished).Result);

    private void CompleteWith(TResult result)
    {
        if (TrySettle() && !Method.IsOneWay)
        {
            // Large parts are sent from where they lie: the grain may change what it has returned before they are.
            replies.Succeed(number, method.CopyResult(result), ServedBy);
        }
    }

    private bool TrySettle()
    {
        if (Interlocked.Exchange(ref _hasOutcome, 1) != 0)
        {
            return false;
        }

        Settle();
        return true;
    }
}
