using Orleans.Embedded.Calls;
using Orleans.Embedded.Connections;
using Orleans.Embedded.Serialization;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Orleans.Embedded.Remoting;

/// <summary>Calls and their outcomes as messages. Any thread.</summary>
internal sealed class CallMessages(WireSerializer serializer, ServedMethods methods)
{
    /// <summary>The largest count of arguments or context values that makes sense.</summary>
    private const ulong MaxCount = 1024;

    /// <exception cref="SerializerException">An argument's type may not travel.</exception>
    public void WriteRequest(WireWriter output, GrainCall call, long number, bool mayActivate)
    {
        output.WriteByte((byte)(call.Method.IsOneWay ? MessageKind.OneWayRequest : MessageKind.Request));
        output.WriteVarUInt((ulong)number);
        output.WriteFixed(call.Method.Token);
        WriteGrainId(output, call.Target.GrainId);
        output.WriteByte(mayActivate ? (byte)1 : (byte)0);
        output.WriteVarUInt((ulong)call.Forwards);
        output.WriteByte(call.SourceId is null ? (byte)0 : (byte)1);
        if (call.SourceId is { } source)
        {
            WriteGrainId(output, source);
        }

        output.WriteVarUInt((ulong)(call.RequestContext?.Count ?? 0));
        foreach (var (key, value) in call.RequestContext ?? [])
        {
            output.WriteString(key);
            serializer.Write(output, typeof(object), value);
        }

        var types = call.Method.ParameterTypes;
        for (var i = 0; i < types.Length; i++)
        {
            if (types[i] != typeof(CancellationToken))
            {
                serializer.Write(output, types[i], call.Arguments[i]);
            }
        }
    }

    /// <summary>The arguments are read by <see cref="ReadCall"/>, so that what is wrong with them is told to the caller.</summary>
    public RequestHeader ReadRequest(WireReader input)
    {
        var header = new RequestHeader
        {
            Number = (long)input.ReadVarUInt(),
            Token = input.ReadFixed<ulong>(),
            Target = ReadGrainId(input),
            MayActivate = input.ReadByte() == 1,
            Forwards = (int)Math.Min(input.ReadVarUInt(), MaxCount),
        };
        if (input.ReadByte() == 1)
        {
            header.SourceId = ReadGrainId(input);
        }

        return header;
    }

    /// <exception cref="OrleansMessageRejectionException">There is no such method here.</exception>
    /// <exception cref="SerializerException">The arguments cannot be read.</exception>
    public GrainCall ReadCall(WireReader input, in RequestHeader header, ICallReplies replies)
    {
        if (!methods.TryFind(header.Token, out var grainInterface, out var method))
        {
            throw new OrleansMessageRejectionException($"This silo knows no method {header.Token:x16} for {header.Target}.");
        }

        var context = ReadContext(input);
        var types = method.ParameterTypes;
        var arguments = new object?[types.Length];
        var call = method.NewReceivedCall(grainInterface.ReferenceTo(header.Target), arguments, replies, header.Number);
        for (var i = 0; i < types.Length; i++)
        {
            if (types[i] == typeof(CancellationToken))
            {
                call.Cancellation = new CallCancellation(call);
                arguments[i] = call.Cancellation.Token;
            }
            else
            {
                arguments[i] = serializer.Read(input, types[i]);
            }
        }

        call.Forwards = header.Forwards;
        call.SourceId = header.SourceId;
        call.RequestContext = context;
        return call;
    }

    /// <exception cref="SerializerException">The result's type may not travel.</exception>
    public void WriteResult<TResult>(WireWriter output, long number, TResult result, SiloAddress? servedBy)
    {
        WriteReplyHeader(output, MessageKind.Result, number, servedBy);
        if (typeof(TResult) != typeof(Nothing))
        {
            serializer.Write(output, result);
        }
    }

    public void WriteFailure(WireWriter output, long number, Exception exception, SiloAddress? servedBy)
    {
        var start = output.Length;
        try
        {
            WriteReplyHeader(output, MessageKind.Failure, number, servedBy);
            serializer.Write(output, typeof(Exception), exception);
        }
        catch (Exception failure)
        {
            output.Reset();
            WriteReplyHeader(output, MessageKind.Failure, number, servedBy);
            serializer.Write(output, typeof(Exception), new OrleansException($"{exception.GetType()}: {exception.Message} (it cannot travel: {failure.Message})"));
        }
    }

    /// <summary>Gives the call the outcome that the reply brings.</summary>
    /// <param name="onServed">Knows who ran the call before the caller goes on: its next call must not overtake others of its own.</param>
    public void ReadReply(MessageKind kind, WireReader input, GrainCall call, SiloAddress peer, Action<GrainCall> onServed)
    {
        try
        {
            var servedBy = input.ReadString();
            call.ServedBy = servedBy is null ? peer : SiloAddress.FromParsableString(servedBy);
            onServed(call);
            if (kind == MessageKind.Failure)
            {
                call.Fail((Exception)serializer.Read(input, typeof(Exception))!);
            }
            else
            {
                call.CompleteOwned(call.Method.ResultType == typeof(Nothing) ? null : serializer.Read(input, call.Method.ResultType));
            }
        }
        catch (Exception failure)
        {
            call.Fail(failure);
        }
    }

    public static void WriteGrainId(WireWriter output, GrainId id)
    {
        output.WriteInlineBlob(id.Type.AsSpan());
        output.WriteInlineBlob(id.Key.AsSpan());
    }

    public static GrainId ReadGrainId(WireReader input)
    {
        var type = input.ReadInlineBlob().ToArray();
        return new GrainId(new GrainType(type), new IdSpan(input.ReadInlineBlob().ToArray()));
    }

    private static void WriteReplyHeader(WireWriter output, MessageKind kind, long number, SiloAddress? servedBy)
    {
        output.WriteByte((byte)kind);
        output.WriteVarUInt((ulong)number);
        output.WriteString(servedBy?.ToParsableString());
    }

    private Dictionary<string, object>? ReadContext(WireReader input)
    {
        var count = input.ReadVarUInt();
        if (count == 0)
        {
            return null;
        }

        if (count > MaxCount)
        {
            throw input.Malformed($"{count} values in a request context");
        }

        var context = new Dictionary<string, object>((int)count);
        for (var i = 0; i < (int)count; i++)
        {
            context[input.ReadString() ?? ""] = serializer.Read(input, typeof(object))!;
        }

        return context;
    }

    /// <summary>What a request says before its arguments.</summary>
    internal struct RequestHeader
    {
        public long Number;
        public ulong Token;
        public GrainId Target;
        public bool MayActivate;
        public int Forwards;
        public GrainId? SourceId;
    }
}
