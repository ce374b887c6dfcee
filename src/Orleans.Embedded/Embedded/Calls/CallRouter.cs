using Orleans.Embedded.Activations;
using Orleans.Embedded.Copying;
using Orleans.Embedded.Placement;
using Orleans.Embedded.Typing;
using Orleans.Runtime;

namespace Orleans.Embedded.Calls;

/// <summary>Brings calls to activations, which it makes where there are none. Any thread.</summary>
internal sealed class CallRouter(
    ActivationTable table,
    GrainInterfaces interfaces,
    GrainClasses classes,
    GrainPlacement placement,
    Func<GrainId, GrainClass, Activation> newActivation,
    PendingCalls pending,
    Copiers copiers,
    Func<IReadOnlyList<IOutgoingGrainCallFilter>> findFilters,
    int maxForwards) : IGrainCallSender
{
    /// <summary>Looked up at the first call: filters may themselves want the grain factory, which needs this.</summary>
    private IReadOnlyList<IOutgoingGrainCallFilter>? _filters;

    /// <summary>Set when the silo stops: grains that run may go on, but none is activated any more.</summary>
    private volatile bool _isClosed;

    public void Send(GrainCall call)
    {
        var filters = _filters ??= findFilters();
        if (filters.Count == 0)
        {
            SendOut(call);
            return;
        }

        if (call.Method.IsOneWay)
        {
            call.Complete();
        }

        _ = new OutgoingCall(call, filters, SendOut).Run();
    }

    public void Forward(GrainCall call)
    {
        if (++call.Forwards > maxForwards)
        {
            call.Fail(new OrleansMessageRejectionException($"{call} was handed on {maxForwards} times without reaching an activation that runs it."));
            return;
        }

        Deliver(call);
    }

    public object Cast(GrainReference reference, Type interfaceType) =>
        interfaceType.IsInstanceOfType(reference) ? reference : interfaces.For(interfaceType).ReferenceTo(reference.GrainId);

    /// <summary>From here on no grain is activated.</summary>
    public void Close() => _isClosed = true;

    private void SendOut(GrainCall call)
    {
        try
        {
            call.Source = RuntimeContext.Current;
            call.RequestContext = OutgoingRequestContext.Export(copiers);
        }
        catch (Exception failure)
        {
            call.Fail(failure);
            return;
        }

        if (call.Method.IsOneWay)
        {
            call.Complete();
        }
        else
        {
            pending.Add(call);
        }

        Deliver(call);
    }

    private void Deliver(GrainCall call)
    {
        if (table.TryGet(call.Target.GrainId, out var activation))
        {
            activation.Send(call);
        }
        else
        {
            _ = Place(call);
        }
    }

    private async Task Place(GrainCall call)
    {
        try
        {
            var id = call.Target.GrainId;
            if (_isClosed)
            {
                throw new SiloUnavailableException($"The silo is shutting down and does not activate {id} for {call}.");
            }

            var grainClass = classes.Find(id.Type) ?? throw new ArgumentException($"Could not find a grain class for {id}.");
            var silo = await placement.Choose(grainClass, call).ConfigureAwait(false);
            if (!silo.Equals(placement.LocalSilo))
            {
                throw new SiloUnavailableException($"{silo}, chosen for {id}, cannot be reached from {placement.LocalSilo}.");
            }

            Activate(id, grainClass, call).Send(call);
        }
        catch (Exception failure)
        {
            call.Fail(failure);
        }
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
