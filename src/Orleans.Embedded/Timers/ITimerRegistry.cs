using Orleans.Runtime;

namespace Orleans.Timers;

/// <summary>Makes grain timers. Call it in the turns of the activation.</summary>
public interface ITimerRegistry
{
    IGrainTimer RegisterGrainTimer<TState>(
        IGrainContext grainContext,
        Func<TState, CancellationToken, Task> callback,
        TState state,
        GrainTimerCreationOptions options);
}
