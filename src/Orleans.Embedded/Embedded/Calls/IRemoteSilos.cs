using Orleans.Runtime;

namespace Orleans.Embedded.Calls;

/// <summary>The way to activations on other silos. Any thread.</summary>
internal interface IRemoteSilos
{
    /// <summary>Never throws and never blocks: every outcome goes to the call.</summary>
    /// <param name="mayActivate">The silo was chosen for the grain: it activates it where it has none.</param>
    void Send(SiloAddress silo, GrainCall call, bool mayActivate);
}
