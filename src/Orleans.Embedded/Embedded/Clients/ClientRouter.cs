using Orleans.Embedded.Calls;
using Orleans.Embedded.Copying;
using Orleans.Embedded.GrainDirectory;
using Orleans.Embedded.Remoting;
using Orleans.Runtime;

namespace Orleans.Embedded.Clients;

/// <summary>
/// Brings a client's calls to silos: to the one that last ran a call of the grain, else to any, which sends it on. Any thread.
/// </summary>
internal sealed class ClientRouter : IGrainCallSender
{
    /// <summary>How many silos are tried that cannot be reached.</summary>
    private const int MaxTries = 4;

    private readonly ClientMembership _membership;
    private readonly RemoteSilos _remotes;
    private readonly GrainInterfaces _interfaces;
    private readonly OutgoingCalls _outgoing;
    private readonly LocationCache _known = new();

    public ClientRouter(
        ClientMembership membership,
        RemoteSilos remotes,
        GrainInterfaces interfaces,
        PendingCalls pending,
        Copiers copiers,
        Func<IReadOnlyList<IOutgoingGrainCallFilter>> findFilters)
    {
        _membership = membership;
        _remotes = remotes;
        _interfaces = interfaces;
        _outgoing = new OutgoingCalls(pending, copiers, findFilters);
        remotes.Served += call => _known.Learn(call.Target.GrainId, call.ServedBy!);
        remotes.NotSent += OnNotSent;
        remotes.MembershipDoubted += membership.Look;
    }

    public void Send(GrainCall call) => _outgoing.Send(call, Deliver);

    public void Forward(GrainCall call) => Deliver(call);

    public object Cast(GrainReference reference, Type interfaceType) =>
        interfaceType.IsInstanceOfType(reference) ? reference : _interfaces.For(interfaceType).ReferenceTo(reference.GrainId);

    private void Deliver(GrainCall call)
    {
        var active = _membership.Active;
        if (_known.TryGet(call.Target.GrainId, out var silo) && active.Contains(silo))
        {
            _remotes.Send(silo, call, mayActivate: false);
        }
        else
        {
            SendToAny(call, active);
        }
    }

    /// <summary>The same silo for a grain as long as it can be, so that its calls keep their order.</summary>
    private void SendToAny(GrainCall call, IReadOnlyList<SiloAddress> silos)
    {
        if (silos.Count == 0)
        {
            call.Fail(new SiloUnavailableException($"No silo is active that could take {call}."));
            return;
        }

        _remotes.Send(silos[(int)(call.Target.GetUniformHashCode() % (uint)silos.Count)], call, mayActivate: false);
    }

    private void OnNotSent(GrainCall call, SiloAddress silo, Exception reason)
    {
        _known.Forget(call.Target.GrainId, silo);
        _membership.Look();
        var others = _membership.Active.Where(active => !active.Equals(silo)).ToList();
        if (++call.Forwards >= MaxTries || others.Count == 0)
        {
            call.Fail(reason);
            return;
        }

        SendToAny(call, others);
    }
}
