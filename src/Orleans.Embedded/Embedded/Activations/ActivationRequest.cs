namespace Orleans.Embedded.Activations;

/// <summary>Something an activation is to do as a request: it waits its turn and may block others. Belongs to the turns.</summary>
internal abstract class ActivationRequest
{
    /// <summary>Link in the waiting line.</summary>
    public ActivationRequest? NextWaiting { get; set; }

    public abstract bool IsReadOnly { get; }

    public abstract bool IsAlwaysInterleave { get; }

    /// <summary>Counts as use of the activation.</summary>
    public abstract bool IsKeepAlive { get; }

    /// <summary>The call chain it belongs to; empty for none.</summary>
    public abstract Guid ReentrancyId { get; }

    /// <summary>Nobody waits for it any more: it is not started.</summary>
    public abstract bool IsAbandoned { get; }

    /// <summary>Runs it in a turn of the activation. Never throws.</summary>
    public abstract Task Run(Activation activation);

    /// <summary>The activation is over before the request started: another one is to take it.</summary>
    public abstract void Forward();

    /// <summary>The activation could not be made.</summary>
    public abstract void Reject(Exception reason);
}
