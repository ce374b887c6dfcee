using System.Buffers.Binary;
using Orleans.Embedded.Serialization;

namespace Orleans.Embedded.Connections;

/// <summary>Frames outside of a session.</summary>
internal static class Greetings
{
    public static ValueTask Send(ILink link, WireWriter message)
    {
        var frame = new byte[FrameLimits.HeaderBytes + message.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, message.Length);
        message.Head.CopyTo(frame.AsMemory(FrameLimits.HeaderBytes));
        return link.Send([new(frame)]);
    }
}
