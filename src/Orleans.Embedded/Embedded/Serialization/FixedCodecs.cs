using System.Runtime.CompilerServices;

namespace Orleans.Embedded.Serialization;

/// <summary>Types of which any bits are a value.</summary>
internal sealed class FixedCodec<T> : WireCodec<T>
    where T : unmanaged
{
    public override WireShape Shape { get; } = Unsafe.SizeOf<T>() switch
    {
        4 => WireShape.Fixed4,
        8 => WireShape.Fixed8,
        16 => WireShape.Fixed16,
        var size => throw new ArgumentException($"{typeof(T)} has {size} bytes."),
    };

    // Numbers have zeros of two signs, so equality is not enough.
    public override bool IsDefault(T value) => typeof(T) == typeof(Guid) && Unsafe.BitCast<T, Guid>(value) == Guid.Empty;

    public override void Write(WireWriter output, T value) => output.WriteFixed(value);

    public override T Read(WireReader input) => input.ReadFixed<T>();
}

internal sealed class DecimalCodec : WireCodec<decimal>
{
    public override WireShape Shape => WireShape.Fixed16;

    public override bool IsDefault(decimal value) => false;

    public override void Write(WireWriter output, decimal value)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        foreach (var part in parts)
        {
            output.WriteFixed(part);
        }
    }

    public override decimal Read(WireReader input)
    {
        Span<int> parts = stackalloc int[4];
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = input.ReadFixed<int>();
        }

        return new decimal(parts);
    }
}

/// <summary>Ticks and kind; a local time is the same instant elsewhere.</summary>
internal sealed class DateTimeCodec : WireCodec<DateTime>
{
    public override WireShape Shape => WireShape.Fixed8;

    public override bool IsDefault(DateTime value) => false;

    public override void Write(WireWriter output, DateTime value) => output.WriteFixed(value.ToBinary());

    public override DateTime Read(WireReader input) => DateTime.FromBinary(input.ReadFixed<long>());
}

/// <summary>Ticks of the local time and the offset in minutes.</summary>
internal sealed class DateTimeOffsetCodec : WireCodec<DateTimeOffset>
{
    public override WireShape Shape => WireShape.Fixed16;

    public override void Write(WireWriter output, DateTimeOffset value)
    {
        output.WriteFixed(value.Ticks);
        output.WriteFixed((long)value.TotalOffsetMinutes);
    }

    public override DateTimeOffset Read(WireReader input)
    {
        var ticks = input.ReadFixed<long>();
        var minutes = input.ReadFixed<long>();
        return minutes is >= -14 * 60 and <= 14 * 60
            ? new DateTimeOffset(ticks, TimeSpan.FromMinutes(minutes))
            : throw input.Malformed("an offset of more than 14 hours");
    }
}
