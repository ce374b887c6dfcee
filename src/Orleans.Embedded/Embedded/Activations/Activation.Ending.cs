using Microsoft.Extensions.DependencyInjection;
using Orleans.Embedded.Timers;
using Orleans.Runtime;

namespace Orleans.Embedded.Activations;

/// <summary>How the activation begins and ends.</summary>
internal sealed partial class Activation
{
    private readonly TaskCompletionSource _deactivated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<GrainTimer> _timers = [];

    /// <summary>Requests that waited for the activation to begin may include ones that always interleave.</summary>
    private bool _mayHoldInterleaving = true;
    private DeactivationReason _reason;
    private CancellationToken _stopToken;
    private int _keepUntil = int.MinValue;
    private bool _isStopping;

    /// <summary>Why the activation never began: who was sent to it gets this. Null when requests are handed on instead.</summary>
    private Exception? _rejection;

    /// <summary>Any thread, once: queues the first turn.</summary>
    /// <param name="requestContext">Of the call that needs the activation.</param>
    public void Begin(Dictionary<string, object>? requestContext) => Scheduler.QueueAction(() => _ = Activate(requestContext));

    /// <summary>Any thread. In a turn it takes effect at once, so that no request behind it starts.</summary>
    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        if (ReferenceEquals(RuntimeContext.Current, this))
        {
            BeginToEnd(deactivationReason, cancellationToken);
        }
        else
        {
            Scheduler.QueueAction(() => BeginToEnd(deactivationReason, cancellationToken));
        }
    }

    /// <summary>Any thread: ends the activation if it has not been used for as long as its class allows.</summary>
    public void DeactivateIfIdle()
    {
        if (_state == ActivationState.Active && Class.CollectionAge is { } age && _silo.Clock.HasPassed(_lastUse, age))
        {
            Scheduler.QueueAction(() =>
            {
                if (_running == 0 && _waiting.IsEmpty && _silo.Clock.HasPassed(_lastUse, age) && _silo.Clock.Now > _keepUntil)
                {
                    BeginToEnd(new(DeactivationReasonCode.ActivationIdle, $"Idle for {age}."), CancellationToken.None);
                }
            });
        }
    }

    /// <summary>In a turn: not collected for this long; zero or less takes that back.</summary>
    public void DelayDeactivation(TimeSpan time) => _keepUntil = time <= TimeSpan.Zero ? int.MinValue : _silo.Clock.After(time);

    public void AddTimer(GrainTimer timer) => _timers.Add(timer);

    public void RemoveTimer(GrainTimer timer) => _timers.Remove(timer);

    private async Task Activate(Dictionary<string, object>? requestContext)
    {
        using var timeout = new CancellationTokenSource(_silo.Collection.ActivationTimeout, _silo.Time);
        try
        {
            if (!await _silo.TryRegister(this))
            {
                // The grain is active elsewhere: what waits here goes there.
                await End(null);
                return;
            }

            RequestContext.Values = requestContext;
            _scope = _silo.Scopes.CreateAsyncScope();
            _scope.ServiceProvider.GetRequiredService<GrainContextHolder>().GrainContext = this;
            GrainInstance = Class.Create(this);
            await _lifecycle.OnStart(timeout.Token).WaitAsync(timeout.Token);
            if (GrainInstance is IGrainBase grain)
            {
                await grain.OnActivateAsync(timeout.Token).WaitAsync(timeout.Token);
            }
        }
        catch (Exception failure)
        {
            _logger.ActivationFailed(failure, this);
            await End(failure);
            return;
        }

        if (_state != ActivationState.Activating)
        {
            // The grain asked for its end before it began: nothing has run, so there is nothing to stop.
            await End(null);
            return;
        }

        _state = ActivationState.Active;
        _lastUse = _silo.Clock.Now;
        StartWaiting();
        _mayHoldInterleaving = false;
    }

    private void BeginToEnd(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_state is ActivationState.Deactivating or ActivationState.Dead)
        {
            return;
        }

        var wasActive = _state == ActivationState.Active;
        _state = ActivationState.Deactivating;
        _reason = reason;
        _stopToken = cancellationToken;
        if (wasActive && _running == 0)
        {
            StopGrain();
        }
    }

    private void StopGrain()
    {
        if (!_isStopping)
        {
            _isStopping = true;
            _ = Stop();
        }
    }

    private async Task Stop()
    {
        DisposeTimers();
        using var timeout = new CancellationTokenSource(_silo.Collection.DeactivationTimeout, _silo.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stopToken);
        try
        {
            if (GrainInstance is IGrainBase grain)
            {
                await grain.OnDeactivateAsync(_reason, either.Token).WaitAsync(either.Token);
            }
        }
        catch (Exception failure)
        {
            _logger.DeactivationFailed(failure, this);
        }

        await End(null);
    }

    /// <summary>The same end for all: out of the table first, so that what is handed on finds a new activation.</summary>
    /// <param name="rejection">What requests get that did not start; null to hand them on.</param>
    private async Task End(Exception? rejection)
    {
        DisposeTimers();
        try
        {
            await _lifecycle.OnStop(_stopToken);
            await DisposeGrain();
        }
        catch (Exception failure)
        {
            _logger.DeactivationFailed(failure, this);
        }

        _silo.Table.Remove(this);
        _silo.Locator.Unregister(GrainId, Number);
        _state = ActivationState.Dead;
        _rejection = rejection;
        while (_waiting.TakeFirst() is { } request)
        {
            SendAway(request);
        }

        _deactivated.TrySetResult();
    }

    private void SendAway(ActivationRequest request)
    {
        if (_rejection is null)
        {
            request.Forward();
        }
        else
        {
            request.Reject(_rejection);
        }
    }

    private async Task DisposeGrain()
    {
        if (GrainInstance is IAsyncDisposable asyncDisposable)
        {
            await asyncDisposable.DisposeAsync();
        }
        else
        {
            (GrainInstance as IDisposable)?.Dispose();
        }

        await _scope.DisposeAsync();
    }

    private void DisposeTimers()
    {
        foreach (var timer in _timers.ToArray())
        {
            timer.Dispose();
        }
    }
}
