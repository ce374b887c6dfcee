using Orleans.Embedded.Connections;
using Orleans.Embedded.Remoting;
using Orleans.Embedded.Serialization;
using Orleans.Runtime;

namespace Orleans.Embedded.GrainDirectory;

internal enum DirectoryOperation : byte
{
    Find = 1,
    Register = 2,
    Unregister = 3,
}

/// <summary>A question to the keeper of entries: the same operation for any number of grains.</summary>
/// <param name="Version">Of the membership as the sender sees it.</param>
/// <param name="Asker">Whose activations they are.</param>
internal sealed record DirectoryRequest(
    DirectoryOperation Operation,
    MembershipVersion Version,
    SiloAddress Asker,
    IReadOnlyList<(GrainId GrainId, long Activation)> Entries);

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

    public static void WriteAnswer(WireWriter output, long number, IReadOnlyList<SiloAddress?> silos)
    {
        output.WriteByte((byte)MessageKind.DirectoryReply);
        output.WriteVarUInt((ulong)number);
        output.WriteVarUInt((ulong)silos.Count);
        foreach (var silo in silos)
        {
            output.WriteString(silo?.ToParsableString());
        }
    }

    public static SiloAddress?[] ReadAnswer(WireReader input)
    {
        var count = (int)Math.Min(input.ReadVarUInt(), int.MaxValue);
        input.RequireElements(count, bytesEach: 1);
        var silos = new SiloAddress?[count];
        for (var i = 0; i < count; i++)
        {
            silos[i] = input.ReadString() is { } text ? SiloAddress.FromParsableString(text) : null;
        }

        return silos;
    }

    /// <summary>Waits for the silos of an answer.</summary>
    internal sealed class Answer : IAwaitedReply
    {
        private readonly TaskCompletionSource<SiloAddress?[]> _silos = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<SiloAddress?[]> Silos => _silos.Task;

        public void OnReply(MessageKind kind, WireReader reply)
        {
            try
            {
                _silos.TrySetResult(ReadAnswer(reply));
            }
            catch (Exception failure)
            {
                _silos.TrySetException(failure);
            }
        }

        public void OnBroken(Exception reason) => _silos.TrySetException(reason);
    }
}
