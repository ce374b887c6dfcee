using System.Numerics;
using System.Runtime.CompilerServices;

namespace Orleans.Embedded.Serialization;

internal sealed class SignedCodec<T> : WireCodec<T>
    where T : struct, IBinaryInteger<T>
{
    public override WireShape Shape => WireShape.VarInt;

    public override bool IsDefault(T value) => T.IsZero(value);

    public override void Write(WireWriter output, T value) => output.WriteVarInt(long.CreateTruncating(value));

    public override T Read(WireReader input)
    {
        var wide = input.ReadVarInt();
        var value = T.CreateTruncating(wide);
        return long.CreateTruncating(value) == wide ? value : throw input.Malformed($"{wide} is no {typeof(T).Name}");
    }
}

internal sealed class UnsignedCodec<T> : WireCodec<T>
    where T : struct, IBinaryInteger<T>
{
    public override WireShape Shape => WireShape.VarInt;

    public override bool IsDefault(T value) => T.IsZero(value);

    public override void Write(WireWriter output, T value) => output.WriteVarUInt(ulong.CreateTruncating(value));

    public override T Read(WireReader input)
    {
        var wide = input.ReadVarUInt();
        var value = T.CreateTruncating(wide);
        return ulong.CreateTruncating(value) == wide ? value : throw input.Malformed($"{wide} is no {typeof(T).Name}");
    }
}

internal sealed class BooleanCodec : WireCodec<bool>
{
    public override WireShape Shape => WireShape.VarInt;

    public override bool IsDefault(bool value) => !value;

    public override void Write(WireWriter output, bool value) => output.WriteByte(value ? (byte)1 : (byte)0);

    public override bool Read(WireReader input) => input.ReadByte() switch
    {
        0 => false,
        1 => true,
        _ => throw input.Malformed("neither true nor false"),
    };
}

/// <summary>Travels as the number: values without a name are values too.</summary>
internal sealed class EnumCodec<T, TNumber>(WireCodec<TNumber> number) : WireCodec<T>
    where T : struct, Enum
    where TNumber : struct
{
    public override WireShape Shape => WireShape.VarInt;

    public override bool IsDefault(T value) => number.IsDefault(Unsafe.BitCast<T, TNumber>(value));

    public override void Write(WireWriter output, T value) => number.Write(output, Unsafe.BitCast<T, TNumber>(value));

    public override T Read(WireReader input) => Unsafe.BitCast<TNumber, T>(number.Read(input));
}

/// <summary>Times and dates that are a number of ticks or days.</summary>
internal sealed class NumberedCodec<T>(Func<T, long> toNumber, Func<long, T> fromNumber) : WireCodec<T>
    where T : struct
{
    public override WireShape Shape => WireShape.VarInt;

    public override bool IsDefault(T value) => toNumber(value) == 0;

    public override void Write(WireWriter output, T value) => output.WriteVarInt(toNumber(value));

    public override T Read(WireReader input) => fromNumber(input.ReadVarInt());
}

/// <summary>What has no bytes on the wire, because the transport carries it in another way or it says nothing.</summary>
internal sealed class VoidCodec<T> : WireCodec<T>
    where T : struct
{
    public override WireShape Shape => WireShape.VarInt;

    public override bool IsDefault(T value) => true;

    public override void Write(WireWriter output, T value) => output.WriteByte(0);

    public override T Read(WireReader input)
    {
        input.ReadVarUInt();
        return default;
    }
}
