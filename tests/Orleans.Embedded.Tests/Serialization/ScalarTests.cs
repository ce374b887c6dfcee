using System.Globalization;
using System.Net;
using System.Numerics;
using Orleans.Embedded.Tests.Copying;
using Orleans.Runtime;

namespace Orleans.Embedded.Tests.Serialization;

public sealed class ScalarTests
{
    public static TheoryData<object> Values =>
    [
        true, false, byte.MaxValue, sbyte.MinValue, short.MinValue, ushort.MaxValue, int.MinValue, int.MaxValue, uint.MaxValue,
        long.MinValue, long.MaxValue, ulong.MaxValue, 'x', '\uffff', (Half)1.5, -0f, float.NaN, double.Epsilon, double.NegativeInfinity,
        Int128.MinValue, UInt128.MaxValue, BigInteger.Pow(7, 90), decimal.MinValue, 1.00m, Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"),
        new DateTime(2030, 1, 2, 3, 4, 5, DateTimeKind.Utc), new DateTime(5, DateTimeKind.Unspecified), DateTime.MaxValue,
        new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.FromMinutes(-210)), DateTimeOffset.MinValue,
        TimeSpan.MinValue, new DateOnly(2030, 1, 2), new TimeOnly(3, 4, 5), "", "plain", "é漢😀", new string('a', 11), new string('b', 70_000),
        new Uri("https://example.org/a?b"), new Uri("a/b", UriKind.Relative), new Version(1, 2, 3), CultureInfo.InvariantCulture,
        IPAddress.Parse("10.1.2.3"), IPAddress.Parse("fe80::1%3"), new IPEndPoint(IPAddress.IPv6Loopback, 65535),
        Plain.Least, (Plain)5, Wide.Most, typeof(List<Node>), typeof(Boxed<int[]>),
        GrainId.Create("kind", "a/b"), GrainType.Create("kind"), IdSpan.Create("key"), new GrainInterfaceType("iface"),
        SiloAddress.New(IPAddress.Loopback, 9000, -5), new MembershipVersion(-3),
    ];

    [Theory]
    [MemberData(nameof(Values))]
    public void ComesBackAsDeclared(object value)
    {
        var declared = value is Type ? typeof(Type) : value is IPAddress ? typeof(IPAddress) : value.GetType();

        Assert.Equal(value, Wire.TripAs(declared, value));
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void ComesBackAsAnything(object value)
    {
        var copy = Wire.Trip(value);

        Assert.Equal(value, copy);
        Assert.Equal(value.GetType(), copy.GetType());
    }

    [Fact]
    public void KeepsWhatEqualityOverlooks()
    {
        Assert.True(double.IsNegative(Wire.Trip(-0.0)));
        Assert.True(double.IsNegative(Wire.Trip(new Boxed<double> { Content = -0.0 }).Content));
        Assert.Equal("0.00", Wire.Trip(new Boxed<decimal> { Content = 0.00m }).Content.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(DateTimeKind.Utc, Wire.Trip(new Boxed<DateTime> { Content = new DateTime(0, DateTimeKind.Utc) }).Content.Kind);
    }

    [Fact]
    public void NullsComeBack()
    {
        Assert.Null(Wire.Trip<string?>(null));
        Assert.Null(Wire.Trip<object?>(null));
        Assert.Null(Wire.Trip<byte[]?>(null));
        Assert.Null(Wire.Trip<int[]?>(null));
        Assert.Null(Wire.Trip<int?>(null));
        Assert.Null(Wire.Trip<Node?>(null));
        Assert.Null(Wire.Trip<Foreign?>(null));
        Assert.Null(Wire.Trip<Exception?>(null));
        Assert.Null(Wire.Trip<IPAddress?>(null));
        Assert.Null(Wire.Trip<IWireGrain?>(null));
        Assert.Equal(5, Wire.Trip<int?>(5));
        Assert.Equal(new GrainId(), Wire.Trip(new GrainId()));
        Assert.Equal(new IdSpan().ToString(), Wire.Trip(new IdSpan()).ToString());
    }

    [Fact]
    public void ATokenIsForTheTransportToCarry()
    {
        using var source = new CancellationTokenSource();

        Assert.Equal(CancellationToken.None, Wire.Trip(source.Token));
    }
}
