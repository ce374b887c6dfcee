using Orleans.Embedded.Connections;
using Orleans.Embedded.Remoting;
using Orleans.Embedded.Serialization;
using Orleans.Runtime;

namespace Orleans.Embedded.GrainDirectory;

internal enum DirectoryOperation : byte
{
    /// <summary>Where is the grain active?</summary>
    Find = 1,

    /// <summary>An activation is about to begin: may it?</summary>
    Register = 2,

    /// <summary>An activation is over.</summary>
    Unregister = 3,

    /// <summary>To a silo that keeps entries from now on: these activations were registered with another.</summary>
    RegisterAnew = 4,

    /// <summary>From such a silo: all activations whose entries it keeps at this version are to be registered anew. Without entries.</summary>
    Report = 5,
}

/// <summary>A question to the keeper of entries: the same operation for any number of grains.</summary>
/// <param name="Version">Of the membership as the sender sees it.</param>
/// <param name="Asker">Whose activations they are.</param>
internal sealed record DirectoryRequest(
    DirectoryOperation Operation,
    MembershipVersion Version,
    SiloAddress Asker,
    IReadOnlyList<(GrainId GrainId, long Activation)> Entries);

/// <param name="Version">Of the view of who answers.</param>
/// <param name="Silos">For each entry of the question where the grain is active; null when at that version another silo keeps one of them.</param>
internal sealed record DirectoryAnswer(MembershipVersion Version, IReadOnlyList<SiloAddress?>? Silos);

/// <summary>The directory's questions and answers as messages.</summary>
internal static class DirectoryMessages
{
    public static void Write(WireWriter output, long number, DirectoryRequest request)
    {
        output.WriteByte((byte)MessageKind.DirectoryRequest);
        output.WriteVarUInt((ulong)number);
        output.WriteByte((byte)request.Operation);
        output.WriteVarInt(request.Version.Value);
        output.WriteString(request.Asker.ToParsableString());
        output.WriteVarUInt((ulong)request.Entries.Count);
        foreach (var (grainId, activation) in request.Entries)
        {
            CallMessages.WriteGrainId(output, grainId);
            output.WriteVarInt(activation);
        }
    }

    public static (long Number, DirectoryRequest Request) Read(WireReader input)
    {
        var number = (long)input.ReadVarUInt();
        var operation = (DirectoryOperation)input.ReadByte();
        var version = new MembershipVersion(input.ReadVarInt());
        if (!SiloAddress.TryParse(input.ReadString(), null, out var asker))
        {
            throw input.Malformed("not an address");
        }

        var count = (int)Math.Min(input.ReadVarUInt(), int.MaxValue);
        input.RequireElements(count, bytesEach: 3);
        var entries = new List<(GrainId, long)>(count);
        for (var i = 0; i < count; i++)
        {
            entries.Add((CallMessages.ReadGrainId(input), input.ReadVarInt()));
        }

        return (number, new DirectoryRequest(operation, version, asker, entries));
    }

    public static void WriteAnswer(WireWriter output, long number, DirectoryAnswer answer)
    {
        output.WriteByte((byte)MessageKind.DirectoryReply);
        output.WriteVarUInt((ulong)number);
        output.WriteVarInt(answer.Version.Value);
        output.WriteByte(answer.Silos is null ? (byte)0 : (byte)1);
        if (answer.Silos is not { } silos)
        {
            return;
        }

        output.WriteVarUInt((ulong)silos.Count);
        foreach (var silo in silos)
        {
            output.WriteString(silo?.ToParsableString());
        }
    }

    public static DirectoryAnswer ReadAnswer(WireReader input)
    {
        var version = new MembershipVersion(input.ReadVarInt());
        if (input.ReadByte() == 0)
        {
            return new DirectoryAnswer(version, null);
        }

        var count = (int)Math.Min(input.ReadVarUInt(), int.MaxValue);
        input.RequireElements(count, bytesEach: 1);
        var silos = new SiloAddress?[count];
        for (var i = 0; i < count; i++)
        {
            silos[i] = input.ReadString() is { } text ? SiloAddress.FromParsableString(text) : null;
        }

        return new DirectoryAnswer(version, silos);
    }

    /// <summary>Waits for an answer.</summary>
    internal sealed class AwaitedAnswer : IAwaitedReply
    {
        private readonly TaskCompletionSource<DirectoryAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<DirectoryAnswer> Answer => _answer.Task;

        public void OnReply(MessageKind kind, WireReader reply)
        {
            try
            {
                _answer.TrySetResult(ReadAnswer(reply));
            }
            catch (Exception failure)
            {
                _answer.TrySetException(failure);
            }
        }

        public void OnBroken(Exception reason) => _answer.TrySetException(reason);
    }
}
