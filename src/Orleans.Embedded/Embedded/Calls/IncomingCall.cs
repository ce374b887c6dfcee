using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Embedded.Activations;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Orleans.Embedded.Calls;

/// <summary>A call on its way through the filters on the callee's side. Belongs to the activation's turns.</summary>
internal sealed class IncomingCall(GrainCall call, Activation activation) : IIncomingGrainCallContext
{
    private static readonly ConcurrentDictionary<(Type Class, MethodInfo Method), MethodInfo> _implementations = new();

    private int _stage;
    private bool _hasResult;
    private object? _result;

    public IInvokable Request => call;

    public object Grain => activation.GrainInstance!;

    public GrainId? SourceId => call.SourceId;

    public GrainId TargetId => activation.GrainId;

    public IGrainContext TargetContext => activation;

    public GrainInterfaceType InterfaceType => call.Target.InterfaceType;

    public string InterfaceName => call.GetInterfaceName();

    public string MethodName => call.GetMethodName();

    public MethodInfo InterfaceMethod => call.GetMethod();

    public MethodInfo ImplementationMethod => _implementations.GetOrAdd((Grain.GetType(), InterfaceMethod), static key =>
    {
        var map = key.Class.GetInterfaceMap(key.Method.DeclaringType!);
        return map.TargetMethods[Array.IndexOf(map.InterfaceMethods, key.Method)];
    });

    public object? Result
    {
        get => _result;
        set
        {
            _result = value;
            _hasResult = true;
        }
    }

    /// <summary>Runs filters and method. Returns the result.</summary>
    public async Task<object?> Run()
    {
        await Invoke();
        return _result;
    }

    public async Task Invoke()
    {
        var filters = activation.Filters;
        var stage = _stage++;
        try
        {
            if (stage < filters.Count)
            {
                await RunFilter(filters[stage]);
            }
            else if (stage == filters.Count && Grain is IIncomingGrainCallFilter own)
            {
                await RunFilter(own);
            }
            else
            {
                var running = call.Invoke();
                await running;
                Result = call.ResultOf(running);
            }
        }
        finally
        {
            // A filter may go on more than once, for instance to try again.
            _stage--;
        }
    }

    private async Task RunFilter(IIncomingGrainCallFilter filter)
    {
        await filter.Invoke(this);
        if (!_hasResult)
        {
            throw new InvalidOperationException($"The filter {filter.GetType()} neither went on with the call nor set a result.");
        }
    }
}
