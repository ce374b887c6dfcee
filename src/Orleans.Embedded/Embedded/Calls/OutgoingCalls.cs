using Orleans.Embedded.Copying;
using Orleans.Runtime;

namespace Orleans.Embedded.Calls;

/// <summary>What happens to every call before it looks for its grain: filters, request context, and a place among the pending. Any thread.</summary>
internal sealed class OutgoingCalls(PendingCalls pending, Copiers copiers, Func<IReadOnlyList<IOutgoingGrainCallFilter>> findFilters)
{
    /// <summary>Looked up at the first call: filters may themselves want the grain factory, which needs this.</summary>
    private IReadOnlyList<IOutgoingGrainCallFilter>? _filters;

    /// <summary>Never throws and never blocks: every outcome goes to the call.</summary>
    public void Send(GrainCall call, Action<GrainCall> deliver)
    {
        var filters = _filters ??= findFilters();
        if (filters.Count == 0)
        {
            SendOut(call, deliver);
            return;
        }

        if (call.Method.IsOneWay)
        {
            call.Complete();
        }

        _ = new OutgoingCall(call, filters, filtered => SendOut(filtered, deliver)).Run();
    }

    private void SendOut(GrainCall call, Action<GrainCall> deliver)
    {
        try
        {
            call.SourceId = RuntimeContext.Current?.GrainId;
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

        deliver(call);
    }
}
