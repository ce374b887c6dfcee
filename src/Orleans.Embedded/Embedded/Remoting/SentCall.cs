using Orleans.Embedded.Calls;
using Orleans.Embedded.Connections;
using Orleans.Embedded.Serialization;

namespace Orleans.Embedded.Remoting;

/// <summary>A call that waits for its reply from another process. Any thread.</summary>
internal sealed class SentCall(GrainCall call, Session session, CallMessages messages, Action<GrainCall> onServed) : IAwaitedReply, IRemoteCall
{
    public long Number { get; set; }

    public void OnReply(MessageKind kind, WireReader reply) => messages.ReadReply(kind, reply, call, session.Peer, onServed);

    public void OnBroken(Exception reason) => call.Fail(reason);

    public void OnSettled()
    {
        // Before the number is known nothing was sent.
        if (Number != 0 && session.Forget(Number))
        {
            Tell(MessageKind.GiveUp);
        }
    }

    public void Cancel() => Tell(MessageKind.Cancel);

    private void Tell(MessageKind kind)
    {
        var message = WireWriters.Rent();
        message.WriteByte((byte)kind);
        message.WriteVarUInt((ulong)Number);
        try
        {
            session.Send(message);
        }
        catch (Orleans.Runtime.OrleansMessageRejectionException)
        {
            // A peer that is gone runs nothing.
        }
    }
}
