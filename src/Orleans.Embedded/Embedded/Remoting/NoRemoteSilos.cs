using Orleans.Embedded.Calls;
using Orleans.Runtime;

namespace Orleans.Embedded.Remoting;

/// <summary>For a cluster that is this silo alone: a placement director that names another one is mistaken.</summary>
internal sealed class NoRemoteSilos : IRemoteSilos
{
    public void Send(SiloAddress silo, GrainCall call, bool mayActivate) =>
        call.Fail(new SiloUnavailableException($"{silo}, chosen for {call.Target.GrainId}, cannot be reached: this cluster is one silo."));
}
