using Orleans.Runtime;

namespace Orleans.Embedded.Calls;

/// <summary>
/// Carries a caller's cancellation to its call: the caller is released at once, the callee's token is cancelled in a turn of the
/// callee, and a call that has not started is not started any more.
/// </summary>
internal sealed class CallCancellation
{
    private volatile GrainCall _call;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _callee = new();
    private readonly CancellationTokenRegistration _registration;
    private IWorkItemScheduler? _scheduler;
    private IRemoteCall? _remote;
    private bool _requested;

    public CallCancellation(GrainCall call, CancellationToken caller)
    {
        _call = call;
        _registration = caller.UnsafeRegister(static (self, token) => ((CallCancellation)self!).OnCallerCancelled(token), this);
    }

    /// <summary>For a call from another process, which says itself when to cancel.</summary>
    public CallCancellation(GrainCall call) => _call = call;

    public CancellationToken Token => _callee.Token;

    /// <summary>Another call stands for the first one: filters let it through and wait for it.</summary>
    public void Follow(GrainCall call) => _call = call;

    /// <summary>The call starts, in a turn of this scheduler.</summary>
    public void Begin(IWorkItemScheduler scheduler)
    {
        bool requested;
        lock (_lock)
        {
            _scheduler = scheduler;
            requested = _requested;
        }

        if (requested)
        {
            _callee.Cancel();
        }
    }

    /// <summary>The call was sent to another silo: the callee's token is there.</summary>
    public void Begin(IRemoteCall remote)
    {
        bool requested;
        lock (_lock)
        {
            _remote = remote;
            requested = _requested;
        }

        if (requested)
        {
            remote.Cancel();
        }
    }

    /// <summary>Cancels the callee's token, now or when the call starts.</summary>
    public void Request()
    {
        IWorkItemScheduler? scheduler;
        IRemoteCall? remote;
        lock (_lock)
        {
            _requested = true;
            scheduler = _scheduler;
            remote = _remote;
        }

        scheduler?.QueueAction(_callee.Cancel);
        remote?.Cancel();
    }

    /// <summary>The call is over: the caller's token need not be followed any more.</summary>
    public void Stop() => _registration.Unregister();

    private void OnCallerCancelled(CancellationToken token)
    {
        if (_call.Fail(new OperationCanceledException(token)))
        {
            Request();
        }
    }
}
