using System.Collections;
using System.Runtime.ExceptionServices;
using Orleans.Serialization;

namespace Orleans.Embedded.Serialization;

/// <summary>
/// Exceptions, whatever their type is: name of the type, text, stack trace, inner ones, and members with [Id]. Exceptions have no
/// identity within a message. One whose type the reader does not have, or can not make, is read as an
/// <see cref="UnavailableExceptionFallbackException"/>.
/// </summary>
internal sealed class ExceptionCodec<T>(WireCodecs codecs) : WireCodec<T>
    where T : Exception?
{
    public override WireShape Shape => WireShape.Node;

    public override void Write(WireWriter output, T value) => ExceptionBody.Write(output, value, codecs);

    public override T Read(WireReader input)
    {
        var body = new ExceptionBody();
        if (!body.TryRead(input, codecs))
        {
            return null!;
        }

        var rebuilt = body.Rebuild(codecs.Exceptions);
        return rebuilt as T ?? throw input.Malformed($"{body.TypeName} is no {typeof(T)}");
    }
}

/// <summary>The members of an exception on the wire.</summary>
internal sealed class ExceptionBody
{
    private const uint TypeNameId = 0;
    private const uint MessageId = 1;
    private const uint StackTraceId = 2;
    private const uint InnerId = 3;
    private const uint HResultId = 4;
    private const uint InnersId = 5;
    private const uint DataId = 6;
    private const uint MembersId = 7;

    private string? _message;
    private string? _stackTrace;
    private Exception? _inner;
    private int _hResult;
    private Exception[]? _inners;
    private Dictionary<string, object>? _data;
    private Exception? _made;

    public string? TypeName { get; private set; }

    public static void Write(WireWriter output, Exception? value, WireCodecs codecs)
    {
        if (value is null)
        {
            output.WriteNodeHeader(NodeKind.Null, 0);
            return;
        }

        output.Enter();
        output.WriteNodeHeader(NodeKind.Members, 0);
        WriteText(output, TypeNameId, ExceptionTypes.NameOf(value));
        WriteText(output, MessageId, value is AggregateException ? ExceptionFields.Message(value) : value.Message);
        WriteText(output, StackTraceId, value.StackTrace);
        output.WriteMemberHeader(HResultId, WireShape.VarInt);
        output.WriteVarInt(value.HResult);
        if (value is AggregateException aggregate)
        {
            output.WriteMemberHeader(InnersId, WireShape.Node);
            codecs.For<Exception[]>().Write(output, [.. aggregate.InnerExceptions]);
        }
        else if (value.InnerException is { } inner)
        {
            output.WriteMemberHeader(InnerId, WireShape.Node);
            Write(output, inner, codecs);
        }

        WriteData(output, value.Data, codecs);
        if (codecs.Exceptions.MembersOf(value.GetType()) is { } members)
        {
            output.WriteMemberHeader(MembersId, WireShape.Node);
            members.Write(output, value);
        }

        output.WriteMemberHeader(0, WireShape.End);
        output.Leave();
    }

    /// <summary>False for null.</summary>
    public bool TryRead(WireReader input, WireCodecs codecs)
    {
        var kind = input.ReadNodeHeader().Kind;
        if (kind == NodeKind.Null)
        {
            return false;
        }

        if (kind != NodeKind.Members)
        {
            throw input.Malformed($"{kind} where an exception belongs");
        }

        input.Enter();
        while (true)
        {
            var (id, shape) = input.ReadMemberHeader();
            if (shape == WireShape.End)
            {
                break;
            }

            ReadMember(input, codecs, id, shape);
        }

        input.Leave();
        return true;
    }

    public Exception Rebuild(ExceptionTypes types)
    {
        var exception = _inners is not null && TypeName == typeof(AggregateException).FullName
            ? new AggregateException(_message, _inners)
            : _made ?? types.TryCreate(TypeName) ?? new UnavailableExceptionFallbackException(TypeName);
        ExceptionFields.Message(exception) = _message;
        if (exception is not AggregateException)
        {
            ExceptionFields.InnerException(exception) = _inner;
        }

        exception.HResult = _hResult;
        foreach (var (key, value) in _data ?? [])
        {
            exception.Data[key] = value;
        }

        return _stackTrace is null ? exception : ExceptionDispatchInfo.SetRemoteStackTrace(exception, _stackTrace);
    }

    private static void WriteText(WireWriter output, uint id, string? text)
    {
        if (text is not null)
        {
            output.WriteMemberHeader(id, WireShape.Blob);
            output.WriteString(text);
        }
    }

    /// <summary>What anyone may have put there must not keep the exception from being reported: only plain values travel.</summary>
    private static void WriteData(WireWriter output, IDictionary data, WireCodecs codecs)
    {
        var plain = new Dictionary<string, object>();
        foreach (DictionaryEntry entry in data)
        {
            if (entry is { Key: string key, Value: { } value } && BuiltInCodecs.IsPlain(value.GetType()))
            {
                plain[key] = value;
            }
        }

        if (plain.Count > 0)
        {
            output.WriteMemberHeader(DataId, WireShape.Node);
            codecs.For<Dictionary<string, object>>().Write(output, plain);
        }
    }

    private void ReadMember(WireReader input, WireCodecs codecs, uint id, WireShape shape)
    {
        switch (id, shape)
        {
            case (TypeNameId, WireShape.Blob):
                TypeName = input.ReadString();
                break;
            case (MessageId, WireShape.Blob):
                _message = input.ReadString();
                break;
            case (StackTraceId, WireShape.Blob):
                _stackTrace = input.ReadString();
                break;
            case (InnerId, WireShape.Node):
                _inner = codecs.For<Exception>().Read(input);
                break;
            case (HResultId, WireShape.VarInt):
                _hResult = codecs.For<int>().Read(input);
                break;
            case (InnersId, WireShape.Node):
                _inners = codecs.For<Exception[]>().Read(input);
                break;
            case (DataId, WireShape.Node):
                _data = codecs.For<Dictionary<string, object>>().Read(input);
                break;
            case (MembersId, WireShape.Node) when codecs.Exceptions.TryCreate(TypeName) is { } made
                && codecs.Exceptions.MembersOf(made.GetType()) is { } members:
                members.Read(input, made);
                _made = made;
                break;
            default:
                input.Skip(shape);
                break;
        }
    }
}
