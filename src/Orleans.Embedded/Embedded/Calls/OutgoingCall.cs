using System.Reflection;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Orleans.Embedded.Calls;

/// <summary>A call on its way through the filters on the caller's side.</summary>
/// <param name="call">What the caller waits for.</param>
/// <param name="send">Sends the call that the last filter lets through.</param>
internal sealed class OutgoingCall(GrainCall call, IReadOnlyList<IOutgoingGrainCallFilter> filters, Action<GrainCall> send)
    : IOutgoingGrainCallContext
{
    private int _stage;
    private bool _hasResult;
    private object? _result;

    public IInvokable Request => call;

    public object Grain => call.Target;

    public IGrainContext? SourceContext { get; } = RuntimeContext.Current;

    public GrainId? SourceId => SourceContext?.GrainId;

    public GrainId TargetId => call.Target.GrainId;

    public GrainInterfaceType InterfaceType => call.Target.InterfaceType;

    public string InterfaceName => call.GetInterfaceName();

    public string MethodName => call.GetMethodName();

    public MethodInfo InterfaceMethod => call.GetMethod();

    public object? Result
    {
        get => _result;
        set
        {
            _result = value;
            _hasResult = true;
        }
    }

    /// <summary>Runs the filters and the call and gives the outcome to the caller. Never throws.</summary>
    public async Task Run()
    {
        try
        {
            await Invoke();
            call.Complete(Result);
        }
        catch (Exception failure)
        {
            call.Fail(failure);
        }
    }

    public async Task Invoke()
    {
        var stage = _stage++;
        try
        {
            if (stage < filters.Count)
            {
                await filters[stage].Invoke(this);
                if (!_hasResult)
                {
                    throw new InvalidOperationException($"The filter {filters[stage].GetType()} neither went on with the call nor set a result.");
                }

                return;
            }

            var sent = call.Method.NewCall(call.Target, call.Arguments, out var outcome);
            sent.Cancellation = call.Cancellation;
            sent.Cancellation?.Follow(sent);
            send(sent);
            await outcome;
            Result = sent.ResultOf(outcome);
        }
        finally
        {
            // A filter may go on more than once, for instance to try again.
            _stage--;
        }
    }
}
