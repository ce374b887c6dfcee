using Microsoft.Extensions.Logging;
using Orleans.Embedded.Activations;
using Orleans.Embedded.Calls;
using Orleans.Runtime;

namespace Orleans.Embedded;

/// <summary>All messages that this library logs.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Silo {Name} at {Address} is active.")]
    public static partial void SiloIsActive(this ILogger logger, string name, SiloAddress address);

    [LoggerMessage(Level = LogLevel.Error, Message = "Silo {Name} did not stop cleanly.")]
    public static partial void SiloFailedToStop(this ILogger logger, Exception failure, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Silo {Name} stops though {Count} activations have not ended in time, among them {Some}.")]
    public static partial void ActivationsLeftBehind(this ILogger logger, string name, int count, string some);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Silo {Name} at {Address} is dead: {Cause}.")]
    public static partial void SiloIsDead(this ILogger logger, string name, SiloAddress address, string cause);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The cluster has declared this silo, {Name} at {Address}, dead: it stops.")]
    public static partial void DeclaredDead(this ILogger logger, string name, SiloAddress address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The cluster's directory could not be read.")]
    public static partial void MembershipNotRead(this ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A connection was refused: {Reason}")]
    public static partial void ConnectionRefused(this ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Large messages travel over the socket, because no memory is shared: {Reason}")]
    public static partial void RingNotShared(this ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} activations were not registered anew with {Owner}.")]
    public static partial void NotRegisteredAnew(this ILogger logger, Exception failure, int count, SiloAddress owner);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Activation} could not be activated.")]
    public static partial void ActivationFailed(this ILogger logger, Exception failure, Activation activation);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Activation} failed while it was deactivated.")]
    public static partial void DeactivationFailed(this ILogger logger, Exception failure, Activation activation);

    [LoggerMessage(Level = LogLevel.Error, Message = "A turn of {Activation} failed outside of any request.")]
    public static partial void TurnFailed(this ILogger logger, Exception? failure, Activation activation);

    [LoggerMessage(Message = "{Call} failed.")]
    public static partial void CallFailed(this ILogger logger, LogLevel level, Exception failure, GrainCall call);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A timer of {Activation} failed; it goes on.")]
    public static partial void TickFailed(this ILogger logger, Exception failure, Activation activation);

    [LoggerMessage(Level = LogLevel.Error, Message = "A cancellation callback of a timer of {Activation} failed.")]
    public static partial void TimerCancellationFailed(this ILogger logger, Exception failure, Activation activation);
}
