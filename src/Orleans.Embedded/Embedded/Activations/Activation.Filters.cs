using Microsoft.Extensions.Logging;
using Orleans.Embedded.Calls;
using Orleans.Storage;

namespace Orleans.Embedded.Activations;

/// <summary>What calls look up around the grain's methods.</summary>
internal sealed partial class Activation
{
    public IReadOnlyList<IIncomingGrainCallFilter> Filters => _silo.Filters;

    public bool IsFiltered => _silo.Filters.Count > 0 || GrainInstance is IIncomingGrainCallFilter;

    /// <summary>In a turn, before a request's failure goes to its caller.</summary>
    public void OnFailed(GrainCall call, Exception failure)
    {
        _logger.CallFailed(call.Method.IsOneWay ? LogLevel.Warning : LogLevel.Debug, failure, call);
        if (failure is InconsistentStateException { IsSourceActivation: true } conflict)
        {
            // What this activation remembers is not what is stored: the next call starts anew from storage.
            conflict.IsSourceActivation = false;
            Deactivate(new(DeactivationReasonCode.ApplicationError, "Its state was changed by somebody else: " + failure.Message));
        }
    }
}
