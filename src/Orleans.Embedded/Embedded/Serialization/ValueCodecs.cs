namespace Orleans.Embedded.Serialization;

/// <summary>As a member the value itself, or nothing; as an element a node.</summary>
internal sealed class NullableCodec<T>(WireCodec<T> value) : WireCodec<T?>
    where T : struct
{
    public override WireShape Shape => WireShape.Node;

    public override WireShape MemberShape => value.MemberShape;

    public override bool IsDefault(T? item) => item is null;

    public override void Write(WireWriter output, T? item)
    {
        if (item is not { } present)
        {
            output.WriteNodeHeader(NodeKind.Null, 0);
            return;
        }

        output.WriteNodeHeader(NodeKind.Value, 0);
        output.WriteByte((byte)value.Shape);
        value.Write(output, present);
    }

    public override T? Read(WireReader input)
    {
        switch (input.ReadNodeHeader().Kind)
        {
            case NodeKind.Null:
                return null;
            case NodeKind.Value:
                input.Expect(value.Shape, (WireShape)input.ReadByte());
                return value.Read(input);
            default:
                throw input.Malformed($"no {typeof(T?)}");
        }
    }

    public override void WriteMember(WireWriter output, T? item) => value.WriteMember(output, item!.Value);

    public override T? ReadMember(WireReader input) => value.ReadMember(input);
}

/// <summary>Travels as the surrogate that the type's converter makes.</summary>
internal sealed class SurrogateCodec<T, TSurrogate>(IConverter<T, TSurrogate> converter, WireCodec<TSurrogate> surrogate) : WireCodec<T>
    where TSurrogate : struct
{
    public override WireShape Shape => surrogate.Shape;

    public override void Write(WireWriter output, T value)
    {
        if (value is null)
        {
            output.WriteNodeHeader(NodeKind.Null, 0);
            return;
        }

        // A converter may hand out what holds the value again.
        output.Enter();
        surrogate.Write(output, converter.ConvertToSurrogate(value));
        output.Leave();
    }

    public override T Read(WireReader input)
    {
        if (default(T) is null && input.TryReadNull())
        {
            return default!;
        }

        return converter.ConvertFromSurrogate(surrogate.Read(input));
    }
}
