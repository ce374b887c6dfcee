using System.Reflection;
using Orleans.Concurrency;
using Orleans.Embedded.Copying;
using Orleans.Runtime;

namespace Orleans.Embedded.Calls;

/// <summary>A method of a grain interface with everything that a call needs, worked out once. Any thread.</summary>
internal abstract class GrainMethod
{
    private readonly Copier?[]? _argumentCopiers;
    private readonly int _cancellationTokenIndex;

    protected GrainMethod(MethodInfo method, Copiers copiers)
    {
        var parameters = method.GetParameters();
        Method = method;
        Options = OptionsOf(method);
        ResponseTimeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout;
        Invoke = MethodInvokerCompiler.Compile(method);
        ParameterTypes = [.. parameters.Select(parameter => parameter.ParameterType)];
        Token = MethodTokens.Of(method);
        _cancellationTokenIndex = Array.FindIndex(parameters, parameter => parameter.ParameterType == typeof(CancellationToken));
        _argumentCopiers = [.. parameters.Select(parameter => CopierOf(parameter, copiers))];
        _argumentCopiers = _argumentCopiers.All(copier => copier is null) ? null : _argumentCopiers;
    }

    public MethodInfo Method { get; }

    public CallOptions Options { get; }

    /// <summary>From the attribute; null for the silo's.</summary>
    public TimeSpan? ResponseTimeout { get; }

    public MethodInvoker Invoke { get; }

    /// <summary>Of the parameters, in their order.</summary>
    public Type[] ParameterTypes { get; }

    /// <summary>Of what a caller awaits; <see cref="Nothing"/> for methods without a result.</summary>
    public abstract Type ResultType { get; }

    /// <summary>Names the method, seen through one interface, in every process that has the same one.</summary>
    public ulong Token { get; }

    public bool IsOneWay => (Options & CallOptions.OneWay) != 0;

    public static GrainMethod Create(MethodInfo method, Copiers copiers)
    {
        var returns = method.ReturnType;
        var kind = returns.IsGenericType ? returns.GetGenericTypeDefinition() : returns;
        var type = kind switch
        {
            _ when kind == typeof(void) => typeof(VoidMethod),
            _ when kind == typeof(Task) => typeof(TaskMethod),
            _ when kind == typeof(ValueTask) => typeof(ValueTaskMethod),
            _ when kind == typeof(Task<>) => typeof(TaskMethod<>).MakeGenericType(returns.GenericTypeArguments),
            _ when kind == typeof(ValueTask<>) => typeof(ValueTaskMethod<>).MakeGenericType(returns.GenericTypeArguments),
            _ => throw new NotSupportedException(
                $"{method.DeclaringType}.{method.Name} returns {returns}: grain methods return tasks, value tasks or nothing."),
        };
        return (GrainMethod)Activator.CreateInstance(type, method, copiers)!;
    }

    /// <summary>Copies the arguments in place, makes the call and sends it. Returns what the method's caller gets.</summary>
    public abstract object? Send(GrainReference target, object?[] arguments);

    /// <summary>A call whose arguments are copied already.</summary>
    /// <param name="outcome">The caller's task.</param>
    public abstract GrainCall NewCall(GrainReference target, object?[] arguments, out Task outcome);

    /// <summary>A call that has come from another process.</summary>
    public abstract GrainCall NewReceivedCall(GrainReference target, object?[] arguments, ICallReplies replies, long number);

    /// <exception cref="Orleans.Serialization.CodecNotFoundException">An argument's type may not travel.</exception>
    protected void Prepare(object?[] arguments)
    {
        if (_argumentCopiers is not { } copiers)
        {
            return;
        }

        var context = CopyContext.Rent();
        for (var i = 0; i < copiers.Length; i++)
        {
            if (copiers[i] is { } copier && arguments[i] is { } argument)
            {
                arguments[i] = copier.CopyObject(argument, context);
            }
        }

        context.Return();
    }

    protected void Send(GrainCall call, GrainReference target, object?[] arguments)
    {
        if (_cancellationTokenIndex >= 0 && arguments[_cancellationTokenIndex] is CancellationToken { CanBeCanceled: true } token)
        {
            token.ThrowIfCancellationRequested();
            arguments[_cancellationTokenIndex] = call.LinkTo(token);
        }

        target.Interface.Sender.Send(call);
    }

    private static Copier? CopierOf(ParameterInfo parameter, Copiers copiers)
    {
        if (parameter.ParameterType == typeof(CancellationToken) || parameter.IsDefined(typeof(ImmutableAttribute), inherit: false))
        {
            return null;
        }

        var copier = copiers.For(parameter.ParameterType);
        return copier.IsShallow ? null : copier;
    }

    private static CallOptions OptionsOf(MethodInfo method)
    {
        var options = method.ReturnType == typeof(void) ? CallOptions.OneWay : CallOptions.None;
        options |= method.IsDefined(typeof(OneWayAttribute)) ? CallOptions.OneWay : CallOptions.None;
        options |= method.IsDefined(typeof(ReadOnlyAttribute)) ? CallOptions.ReadOnly : CallOptions.None;
        return options | (method.IsDefined(typeof(AlwaysInterleaveAttribute)) ? CallOptions.AlwaysInterleave : CallOptions.None);
    }
}
