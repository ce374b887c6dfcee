namespace Orleans;

/// <summary>
/// Runs around every call on the callee's side, in the grain's turn. The filters of the container come first, in the order of
/// registration, then the grain itself when it implements this.
/// </summary>
public interface IIncomingGrainCallFilter
{
    /// <summary>Awaits <see cref="IGrainCallContext.Invoke"/> to go on, or sets <see cref="IGrainCallContext.Result"/> instead.</summary>
    Task Invoke(IIncomingGrainCallContext context);
}

/// <summary>Runs around every call on the caller's side, in the order of registration.</summary>
public interface IOutgoingGrainCallFilter
{
    /// <summary>Awaits <see cref="IGrainCallContext.Invoke"/> to go on, or sets <see cref="IGrainCallContext.Result"/> instead.</summary>
    Task Invoke(IOutgoingGrainCallContext context);
}

public delegate Task IncomingGrainCallFilterDelegate(IIncomingGrainCallContext context);

public delegate Task OutgoingGrainCallFilterDelegate(IOutgoingGrainCallContext context);
