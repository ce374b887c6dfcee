using System.Collections.Concurrent;
using Orleans.Embedded.Calls;
using Orleans.Embedded.Connections;
using Orleans.Embedded.Serialization;
using Orleans.Runtime;

namespace Orleans.Embedded.Remoting;

/// <summary>The calls of one session that came in and have no outcome yet. Any thread.</summary>
internal sealed class ReceivedCalls(Session session, CallMessages messages, Action<GrainCall, bool> deliver) : ICallReplies
{
    private readonly ConcurrentDictionary<long, GrainCall> _running = new();

    public void OnRequest(WireReader message, bool isOneWay)
    {
        var header = messages.ReadRequest(message);
        GrainCall call;
        try
        {
            call = messages.ReadCall(message, header, this);
        }
        catch (Exception failure)
        {
            if (!isOneWay)
            {
                Fail(header.Number, failure, servedBy: null);
            }

            return;
        }

        if (!isOneWay)
        {
            _running[header.Number] = call;
        }

        deliver(call, header.MayActivate);
    }

    public void OnGiveUp(WireReader message)
    {
        var number = (long)message.ReadVarUInt();
        if (_running.TryGetValue(number, out var call) && call.Receiver is null)
        {
            _running.TryRemove(number, out _);
            call.Abandon();
        }
    }

    public void OnCancel(WireReader message)
    {
        if (_running.TryGetValue((long)message.ReadVarUInt(), out var call))
        {
            call.Cancellation?.Request();
        }
    }

    public void Succeed<TResult>(long number, TResult result, SiloAddress? servedBy)
    {
        _running.TryRemove(number, out _);
        if (session.IsBroken)
        {
            return;
        }

        var message = WireWriters.Rent();
        try
        {
            messages.WriteResult(message, number, result, servedBy);
            session.Send(message);
        }
        catch (Exception failure)
        {
            Fail(number, failure, servedBy);
        }
    }

    public void Fail(long number, Exception exception, SiloAddress? servedBy)
    {
        _running.TryRemove(number, out _);
        var message = WireWriters.Rent();
        messages.WriteFailure(message, number, exception, servedBy);
        try
        {
            session.Send(message);
        }
        catch (OrleansMessageRejectionException failure)
        {
            // A caller that gets no outcome must not wait for it.
            session.Break(failure);
        }
    }
}
