using System.Reflection;
using Orleans.Embedded.Copying;
using Orleans.Runtime;

namespace Orleans.Embedded.Calls;

/// <summary>A method by the type of its result: <see cref="Nothing"/> for methods without one.</summary>
internal abstract class GrainMethod<TResult>(MethodInfo method, Copiers copiers) : GrainMethod(method, copiers)
{
    private readonly Copier<TResult>? _resultCopier = CopierOf(method, copiers);

    /// <summary>On the callee's side, in the grain's turn.</summary>
    public TResult CopyResult(TResult result) => _resultCopier is null ? result : _resultCopier.CopyRoot(result);

    protected Task<TResult> Start(GrainReference target, object?[] arguments)
    {
        Prepare(arguments);
        var call = new GrainCall<TResult>(this, target, arguments);
        Send(call, target, arguments);
        return call.Task;
    }

    public override Type ResultType => typeof(TResult);

    public override GrainCall NewCall(GrainReference target, object?[] arguments, out Task outcome)
    {
        var call = new GrainCall<TResult>(this, target, arguments);
        outcome = call.Task;
        return call;
    }

    public override GrainCall NewReceivedCall(GrainReference target, object?[] arguments, ICallReplies replies, long number) =>
        new ReceivedCall<TResult>(this, target, arguments, replies, number);

    private static Copier<TResult>? CopierOf(MethodInfo method, Copiers copiers)
    {
        if (typeof(TResult) == typeof(Nothing) || method.ReturnParameter.IsDefined(typeof(ImmutableAttribute), inherit: false))
        {
            return null;
        }

        var copier = copiers.For<TResult>();
        return copier.IsShallow ? null : copier;
    }
}

internal sealed class TaskMethod<TResult>(MethodInfo method, Copiers copiers) : GrainMethod<TResult>(method, copiers)
{
    public override object Send(GrainReference target, object?[] arguments) => Start(target, arguments);
}

internal sealed class ValueTaskMethod<TResult>(MethodInfo method, Copiers copiers) : GrainMethod<TResult>(method, copiers)
{
    public override object Send(GrainReference target, object?[] arguments) => new ValueTask<TResult>(Start(target, arguments));
}

internal sealed class TaskMethod(MethodInfo method, Copiers copiers) : GrainMethod<Nothing>(method, copiers)
{
    public override object Send(GrainReference target, object?[] arguments) => Start(target, arguments);
}

internal sealed class ValueTaskMethod(MethodInfo method, Copiers copiers) : GrainMethod<Nothing>(method, copiers)
{
    public override object Send(GrainReference target, object?[] arguments) => new ValueTask(Start(target, arguments));
}

internal sealed class VoidMethod(MethodInfo method, Copiers copiers) : GrainMethod<Nothing>(method, copiers)
{
    public override object? Send(GrainReference target, object?[] arguments)
    {
        Start(target, arguments);
        return null;
    }
}
