using Orleans.Embedded.Activations;
using Orleans.Embedded.Copying;
using Orleans.Embedded.GrainDirectory;
using Orleans.Embedded.Placement;
using Orleans.Embedded.Typing;
using Orleans.Runtime;

namespace Orleans.Embedded.Calls;

/// <summary>Brings calls to activations, here or on other silos; here it makes them where there are none. Any thread.</summary>
internal sealed class CallRouter(
    ActivationTable table,
    GrainInterfaces interfaces,
    GrainClasses classes,
    GrainPlacement placement,
    IGrainLocator locator,
    IRemoteSilos remotes,
    Func<GrainId, GrainClass, Activation> newActivation,
    PendingCalls pending,
    Copiers copiers,
    Func<IReadOnlyList<IOutgoingGrainCallFilter>> findFilters,
    int maxForwards) : IGrainCallSender
{
    private readonly OutgoingCalls _outgoing = new(pending, copiers, findFilters);

    /// <summary>Set when the silo stops: grains that run may go on, but none is activated any more.</summary>
    private volatile bool _isClosed;

    public void Send(GrainCall call) => _outgoing.Send(call, Deliver);

    public void Forward(GrainCall call)
    {
        if (CountForward(call))
        {
            Deliver(call);
        }
    }

    public object Cast(GrainReference reference, Type interfaceType) =>
        interfaceType.IsInstanceOfType(reference) ? reference : interfaces.For(interfaceType).ReferenceTo(reference.GrainId);

    /// <summary>From here on no grain is activated.</summary>
    public void Close() => _isClosed = true;

    /// <summary>Takes a call from another process.</summary>
    /// <param name="mayActivate">This silo was chosen for the grain: it activates it when it is not active.</param>
    public void Receive(GrainCall call, bool mayActivate)
    {
        if (table.TryGet(call.Target.GrainId, out var activation))
        {
            activation.Send(call);
        }
        else if (mayActivate && !_isClosed)
        {
            _ = Locate(call, isChosen: true);
        }
        else if (CountForward(call))
        {
            // What is known here is as old as what the sender knew.
            _ = Locate(call, isChosen: false);
        }
    }

    /// <summary>The silo could not be reached and has not run the call: if it is gone, the grain is looked for elsewhere.</summary>
    public void OnNotSent(GrainCall call, SiloAddress silo, Exception reason)
    {
        locator.Forget(call.Target.GrainId, silo);
        _ = SendElsewhere(call, silo, reason);
    }

    public void OnServed(GrainCall call)
    {
        if (call.ServedBy is { } silo && !silo.Equals(placement.LocalSilo))
        {
            locator.Learn(call.Target.GrainId, silo);
        }
    }

    private bool CountForward(GrainCall call)
    {
        if (++call.Forwards <= maxForwards)
        {
            return true;
        }

        call.Fail(new OrleansMessageRejectionException($"{call} was handed on {maxForwards} times without reaching an activation that runs it."));
        return false;
    }

    private void Deliver(GrainCall call)
    {
        var id = call.Target.GrainId;
        if (table.TryGet(id, out var activation))
        {
            activation.Send(call);
        }
        else if (locator.TryFindKnown(id, out var silo))
        {
            SendAway(silo, call, mayActivate: false);
        }
        else
        {
            _ = Locate(call, isChosen: false);
        }
    }

    private async Task Locate(GrainCall call, bool isChosen)
    {
        try
        {
            var id = call.Target.GrainId;
            var grainClass = classes.Find(id.Type) ?? throw new ArgumentException($"Could not find a grain class for {id}.");
            var silo = await locator.Find(id).ConfigureAwait(false);
            var isActive = silo is not null;
            silo ??= isChosen ? placement.LocalSilo : await Place(grainClass, call).ConfigureAwait(false);
            if (!silo.Equals(placement.LocalSilo))
            {
                SendAway(silo, call, mayActivate: !isActive);
            }
            else if (_isClosed)
            {
                throw new SiloUnavailableException($"The silo is shutting down and does not activate {id} for {call}.");
            }
            else
            {
                Activate(id, grainClass, call).Send(call);
            }
        }
        catch (Exception failure)
        {
            call.Fail(failure);
        }
    }

    private Task<SiloAddress> Place(GrainClass grainClass, GrainCall call) =>
        _isClosed && !placement.HasOthers
            ? throw new SiloUnavailableException($"The silo is shutting down and does not activate {call.Target.GrainId} for {call}.")
            : placement.Choose(grainClass, call);

    private void SendAway(SiloAddress silo, GrainCall call, bool mayActivate)
    {
        if (!call.IsPending && !call.Method.IsOneWay)
        {
            // Sent on for another process: it waits for the reply as its own calls do.
            pending.Add(call);
        }

        remotes.Send(silo, call, mayActivate);
    }

    private async Task SendElsewhere(GrainCall call, SiloAddress silo, Exception reason)
    {
        try
        {
            if (await placement.IsGone(silo).ConfigureAwait(false))
            {
                Forward(call);
                return;
            }
        }
        catch (Exception failure)
        {
            reason = failure;
        }

        call.Fail(reason);
    }

    private Activation Activate(GrainId id, GrainClass grainClass, GrainCall call)
    {
        var created = newActivation(id, grainClass);
        var activation = table.GetOrAdd(created);
        if (ReferenceEquals(activation, created))
        {
            created.Begin(call.RequestContext);
        }

        return activation;
    }
}
