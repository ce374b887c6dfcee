using System.Reflection;
using Orleans.Embedded.Activations;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Orleans.Embedded.Calls;

/// <summary>
/// One call on its way: what is called, with which arguments, by whom, and where the outcome goes. The first outcome counts; the
/// others are dropped. Outcomes may come from any thread; the rest belongs to the sender, then to the activation's turns.
/// </summary>
internal abstract class GrainCall(GrainMethod method, GrainReference target, object?[] arguments) : ActivationRequest, IInvokable
{
    private PendingCalls.Slot _pending;

    public GrainMethod Method { get; } = method;

    public GrainReference Target { get; } = target;

    public object?[] Arguments { get; } = arguments;

    /// <summary>The calling grain; null when the caller is none.</summary>
    public GrainId? SourceId { get; set; }

    /// <summary>The caller's request context; null when empty. Shared and never changed.</summary>
    public Dictionary<string, object>? RequestContext { get; set; }

    /// <summary>The activation that runs the call; null before.</summary>
    public IGrainContext? Receiver { get; private set; }

    public CallCancellation? Cancellation { get; set; }

    /// <summary>How often the call was handed on because an activation was over.</summary>
    public int Forwards { get; set; }

    /// <summary>Where the call is kept while its caller waits; empty before and after.</summary>
    public ref PendingCalls.Slot Pending => ref _pending;

    public bool IsPending => _pending.Stripe is not null;

    /// <summary>Set while another silo is asked to run the call.</summary>
    public IRemoteCall? Remote { get; set; }

    /// <summary>The other silo that ran the call; null when it was this one, or nobody yet.</summary>
    public SiloAddress? ServedBy { get; set; }

    public abstract bool HasOutcome { get; }

    public sealed override bool IsReadOnly => (Method.Options & CallOptions.ReadOnly) != 0;

    public sealed override bool IsAlwaysInterleave => (Method.Options & CallOptions.AlwaysInterleave) != 0;

    public sealed override bool IsKeepAlive => true;

    public sealed override bool IsAbandoned => HasOutcome && !Method.IsOneWay;

    public sealed override Guid ReentrancyId =>
        RequestContext is { } values && values.TryGetValue(Runtime.RequestContext.CallChainReentrancyHeader, out var value) && value is Guid id
            ? id
            : Guid.Empty;

    public sealed override async Task Run(Activation activation)
    {
        if (RequestContext is not null)
        {
            Runtime.RequestContext.Values = RequestContext;
        }

        Receiver = activation;
        Cancellation?.Begin(activation.Scheduler);
        try
        {
            if (activation.IsFiltered)
            {
                Complete(await new IncomingCall(this, activation).Run());
                return;
            }

            var running = Invoke();
            if (!running.IsCompletedSuccessfully)
            {
                await running;
            }

            Complete(running);
        }
        catch (Exception failure)
        {
            activation.OnFailed(this, failure);
            Fail(failure);
        }
    }

    public sealed override void Forward() => Target.Interface.Sender.Forward(this);

    public sealed override void Reject(Exception reason) => Fail(reason);

    /// <summary>Starts the method in a turn of the receiver.</summary>
    public Task Invoke() => Method.Invoke(Receiver!.GrainInstance!, Arguments);

    /// <summary>The result of the finished task, as an object.</summary>
    public abstract object? ResultOf(Task task);

    /// <summary>A copy of the result goes to the caller.</summary>
    public abstract void Complete(object? result);

    /// <summary>The result goes to the caller, whose own it is: it came from another silo.</summary>
    public abstract void CompleteOwned(object? result);

    /// <summary>Nobody waits for the outcome any more.</summary>
    public abstract void Abandon();

    /// <summary>A copy of the finished method's result goes to the caller.</summary>
    protected abstract void Complete(Task finished);

    /// <summary>There is nothing to wait for: one-way calls complete when they are sent.</summary>
    public abstract void Complete();

    /// <summary>False when there was an outcome already.</summary>
    public abstract bool Fail(Exception exception);

    /// <summary>A token for the callee that follows the caller's, so that its callbacks run in the callee's turns.</summary>
    public CancellationToken LinkTo(CancellationToken token)
    {
        Cancellation = new CallCancellation(this, token);
        return Cancellation.Token;
    }

    public override string ToString() => $"{Target.GrainId} {GetInterfaceName()}.{GetMethodName()}";

    public object? GetTarget() => Receiver?.GrainInstance;

    public int GetArgumentCount() => Arguments.Length;

    public object? GetArgument(int index) => Arguments[index];

    public void SetArgument(int index, object? value) => Arguments[index] = value;

    public string GetMethodName() => Method.Method.Name;

    public string GetInterfaceName() => Method.Method.DeclaringType!.FullName!;

    public MethodInfo GetMethod() => Method.Method;

    public Type GetInterfaceType() => Method.Method.DeclaringType!;

    public TimeSpan? GetDefaultResponseTimeout() => Method.ResponseTimeout;

    public CancellationToken GetCancellationToken() => Cancellation?.Token ?? CancellationToken.None;

    /// <summary>After the outcome: nothing needs to remember the call any more.</summary>
    protected void Settle()
    {
        PendingCalls.Remove(this);
        Cancellation?.Stop();
        Remote?.OnSettled();
    }
}
