namespace Orleans.Embedded.Activations;

/// <summary>Which request runs when.</summary>
internal sealed partial class Activation
{
    private WaitingLine _waiting;
    private int _running;

    /// <summary>The running request that others must not run beside; null while there is none.</summary>
    private ActivationRequest? _blocking;
    private ReentrantSections? _sections;
    private Func<ActivationRequest, bool>? _mayStart;
    private bool _isStartingWaiting;
    private int _lastUse;

    /// <summary>Takes a request from any thread.</summary>
    public void Send(ActivationRequest request) => Scheduler.QueueRequest(request);

    /// <summary>In a turn: starts the request, or lets it wait.</summary>
    public void Receive(ActivationRequest request)
    {
        switch (_state)
        {
            case ActivationState.Active when MayStart(request):
                Start(request);
                break;
            case ActivationState.Dead:
                SendAway(request);
                break;
            default:
                _waiting.Add(request);
                break;
        }
    }

    private bool MayStart(ActivationRequest request)
    {
        if (_running == 0 || _blocking is null || request.IsAlwaysInterleave || Class.IsReentrant)
        {
            return true;
        }

        return (_blocking.IsReadOnly && request.IsReadOnly) || (_sections is not null && _sections.Contains(request.ReentrancyId));
    }

    private void Start(ActivationRequest request)
    {
        if (request.IsAbandoned)
        {
            return;
        }

        _running++;
        if (_blocking is null && !request.IsAlwaysInterleave)
        {
            _blocking = request;
        }

        _ = RunToEnd(request);
    }

    private async Task RunToEnd(ActivationRequest request)
    {
        await request.Run(this);

        // Back in a turn, whatever the grain awaited.
        _running--;
        if (ReferenceEquals(_blocking, request))
        {
            _blocking = null;
        }

        if (request.IsKeepAlive)
        {
            _lastUse = _silo.Clock.Now;
        }

        StartWaiting();
        if (_running == 0 && _state == ActivationState.Deactivating)
        {
            StopGrain();
        }
    }

    /// <summary>
    /// Starts all that may. A request that completes at once comes back here: the loop that is running goes on instead, so that
    /// a long line does not become a deep stack.
    /// </summary>
    private void StartWaiting()
    {
        if (_isStartingWaiting || _waiting.IsEmpty)
        {
            return;
        }

        _isStartingWaiting = true;
        while (_state == ActivationState.Active && !IsClosedToWaiting() && _waiting.TakeFirst(_mayStart ??= MayStart) is { } request)
        {
            Start(request);
        }

        _isStartingWaiting = false;
    }

    /// <summary>
    /// True when nothing in line can start, known without looking at each: what may always interleave never gets in line once
    /// the activation is active, and the rest is blocked.
    /// </summary>
    private bool IsClosedToWaiting() =>
        _running > 0 && _blocking is { IsReadOnly: false } && _sections is null && !Class.IsReentrant && !_mayHoldInterleaving;
}
