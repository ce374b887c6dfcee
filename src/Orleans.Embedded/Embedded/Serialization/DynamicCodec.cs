using Orleans.Serialization;

namespace Orleans.Embedded.Serialization;

/// <summary>
/// Writes by the runtime type of the value, and names the type when it is not the declared one: for interfaces, abstract classes,
/// and classes that have derived ones.
/// </summary>
internal sealed class DynamicCodec<T>(WireCodecs codecs) : WireCodec<T>
    where T : class?
{
    /// <summary>For values of exactly the declared type, which do not name it.</summary>
    private readonly WireCodec<T>? _exact = typeof(T).IsAbstract ? null : codecs.ForExactly(typeof(T)) as WireCodec<T>;

    public override WireShape Shape => WireShape.Node;

    public override bool IsTracked => true;

    public override void Write(WireWriter output, T value)
    {
        if (value is null)
        {
            output.WriteNodeHeader(NodeKind.Null, 0);
            return;
        }

        var type = value.GetType();
        if (type == typeof(T) && _exact is { Shape: WireShape.Node })
        {
            _exact.Write(output, value);
            return;
        }

        var runtime = codecs.ForRuntime(type);
        if (runtime.Name is null)
        {
            // What needs no name says itself what it is.
            runtime.Codec.WriteObject(output, value);
        }
        else if (!runtime.Codec.IsTracked || !output.TryWriteKnownReference(value))
        {
            output.WriteTypeName(runtime.Name);
            output.WriteByte((byte)runtime.Codec.Shape);
            runtime.Codec.WriteObject(output, value);
        }
    }

    public override T Read(WireReader input)
    {
        var position = input.Position;
        var kind = input.PeekNodeKind();
        switch (kind)
        {
            case NodeKind.Null:
                input.ReadNodeHeader();
                return null!;
            case NodeKind.Reference:
                return Refer(input, position, input.ReadNodeHeader().Number);
            case NodeKind.Typed:
                var name = input.ReadTypeName(position, input.ReadNodeHeader().Number);
                var codec = codecs.ForName(name);
                input.Expect(codec.Shape, (WireShape)input.ReadByte());
                input.Enter();
                var value = codec.ReadObject(input);
                input.Leave();
                return Cast(input, value);
            case NodeKind.Grain:
                return Cast(input, codecs.Grains.ReadObject(input));
            default:
                return _exact is { Shape: WireShape.Node }
                    ? _exact.Read(input)
                    : throw input.Malformed($"{kind} without the name of a type that is a {typeof(T)}");
        }
    }

    private static T Cast(WireReader input, object? value) =>
        value as T ?? (value is null ? null! : throw input.Malformed($"{value.GetType()} is no {typeof(T)}"));

    private T Refer(WireReader input, int position, int distance) => input.FindReferred(position, distance) switch
    {
        T known => known,
        null => input.Reread(this, position, distance),
        var other => throw input.Malformed($"{other.GetType()} is no {typeof(T)}"),
    };
}

/// <summary>A type that may not travel.</summary>
internal sealed class UnknownCodec<T> : WireCodec<T>
{
    public override WireShape Shape => WireShape.Node;

    public override void Write(WireWriter output, T value)
    {
        if (value is not null)
        {
            throw NotFound();
        }

        output.WriteNodeHeader(NodeKind.Null, 0);
    }

    public override T Read(WireReader input) => default(T) is null && input.TryReadNull() ? default! : throw NotFound();

    private static CodecNotFoundException NotFound() =>
        new($"Could not find a codec for type {typeof(T)}. Mark it with [GenerateSerializer] and its members with [Id].");
}
