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
