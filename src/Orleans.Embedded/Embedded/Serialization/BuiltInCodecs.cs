using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text;
using Orleans.Embedded.Calls;
using Orleans.Runtime;

namespace Orleans.Embedded.Serialization;

/// <summary>The codecs of the framework's own types and of this library's ids.</summary>
internal static class BuiltInCodecs
{
    /// <summary>Those that need nothing to be made.</summary>
    private static readonly Dictionary<Type, WireCodec> _fixed = new WireCodec[]
    {
        new BooleanCodec(),
        new SignedCodec<sbyte>(), new SignedCodec<short>(), new SignedCodec<int>(), new SignedCodec<long>(), new SignedCodec<nint>(),
        new UnsignedCodec<byte>(), new UnsignedCodec<ushort>(), new UnsignedCodec<uint>(), new UnsignedCodec<ulong>(),
        new UnsignedCodec<nuint>(), new UnsignedCodec<char>(),
        new FixedCodec<float>(), new FixedCodec<double>(), new FixedCodec<Guid>(), new FixedCodec<Int128>(), new FixedCodec<UInt128>(),
        new DecimalCodec(), new DateTimeCodec(), new DateTimeOffsetCodec(),
        new NumberedCodec<Half>(static value => BitConverter.HalfToUInt16Bits(value), static bits => BitConverter.UInt16BitsToHalf(checked((ushort)bits))),
        new NumberedCodec<TimeSpan>(static value => value.Ticks, static ticks => new TimeSpan(ticks)),
        new NumberedCodec<TimeOnly>(static value => value.Ticks, static ticks => new TimeOnly(ticks)),
        new NumberedCodec<DateOnly>(static value => value.DayNumber, static days => DateOnly.FromDayNumber(checked((int)days))),
        new VoidCodec<CancellationToken>(), new VoidCodec<Nothing>(),
        new StringCodec(),
        new TextCodec<Uri>(static value => value.OriginalString, static text => new Uri(text, UriKind.RelativeOrAbsolute)),
        new TextCodec<Version>(static value => value.ToString(), Version.Parse),
        new TextCodec<CultureInfo>(static value => value.Name, CultureInfo.GetCultureInfo),
        new ByteArrayCodec(), new ReadOnlyBytesCodec(),
        new NumberArrayCodec<sbyte>(), new NumberArrayCodec<short>(), new NumberArrayCodec<ushort>(), new NumberArrayCodec<char>(),
        new NumberArrayCodec<int>(), new NumberArrayCodec<uint>(), new NumberArrayCodec<long>(), new NumberArrayCodec<ulong>(),
        new NumberArrayCodec<float>(), new NumberArrayCodec<double>(), new NumberArrayCodec<Guid>(),
        new CompactCodec<BigInteger>(static value => value.ToByteArray(), static bytes => new BigInteger(bytes)),
        new CompactCodec<IPAddress>(IdentityBytes.Format, IdentityBytes.ParseAddress),
        new CompactCodec<IPEndPoint>(IdentityBytes.Format, IdentityBytes.ParseEndpoint),
        new CompactCodec<SiloAddress>(IdentityBytes.Format, IdentityBytes.ParseSilo),
        new CompactCodec<IdSpan>(BytesOf, static bytes => new IdSpan(bytes.ToArray())),
        new CompactCodec<GrainType>(static value => BytesOf(value.Value), static bytes => new GrainType(bytes.ToArray())),
        new CompactCodec<GrainInterfaceType>(
            static value => BytesOf(value.Value), static bytes => new GrainInterfaceType(new IdSpan(bytes.ToArray()))),
        new GrainIdCodec(),
    }.ToDictionary(codec => codec.GetType().BaseType!.GenericTypeArguments[0]);

    /// <summary>A value that consists of nothing but itself.</summary>
    public static bool IsPlain(Type type) => _fixed.ContainsKey(type);

    /// <summary>Null for types that are not built in.</summary>
    public static WireCodec? Find(Type type, WireCodecs codecs, TypeNames names)
    {
        if (_fixed.TryGetValue(type, out var known))
        {
            return known;
        }

        if (type.IsEnum)
        {
            var number = type.GetEnumUnderlyingType();
            return Make(typeof(EnumCodec<,>), [type, number], codecs.For(number));
        }

        if (typeof(Exception).IsAssignableFrom(type))
        {
            return Make(typeof(ExceptionCodec<>), [type], codecs);
        }

        if (typeof(Type).IsAssignableFrom(type))
        {
            return new TextCodec<Type>(
                value => Encoding.UTF8.GetString(names.NameOf(value)),
                text => names.Find(Encoding.UTF8.GetBytes(text)));
        }

        if (type.IsConstructedGenericType && type.GenericTypeArguments is [var element])
        {
            var definition = type.GetGenericTypeDefinition();
            if (definition == typeof(Memory<>) || definition == typeof(ReadOnlyMemory<>) || definition == typeof(ArraySegment<>))
            {
                var open = element == typeof(byte) ? nameof(ViewCodecs.OfBytes) : nameof(ViewCodecs.Of);
                var method = typeof(ViewCodecs).GetMethod(open)!;
                return (WireCodec)(method.IsGenericMethodDefinition ? method.MakeGenericMethod(element) : method).Invoke(null, [definition, codecs])!;
            }
        }

        return null;
    }

    /// <summary>The type under which values of the framework's hidden derived types travel.</summary>
    public static Type PublicBaseOf(Type type) =>
        typeof(Exception).IsAssignableFrom(type) ? typeof(Exception)
        : typeof(Type).IsAssignableFrom(type) ? typeof(Type)
        : typeof(IPAddress).IsAssignableFrom(type) ? typeof(IPAddress)
        : typeof(CultureInfo).IsAssignableFrom(type) ? typeof(CultureInfo)
        : type;

    private static byte[]? BytesOf(IdSpan id) => id.IsDefault ? null : id.Value.ToArray();

    private static WireCodec Make(Type generic, Type[] arguments, params object[] parameters) =>
        (WireCodec)Activator.CreateInstance(generic.MakeGenericType(arguments), parameters)!;
}
