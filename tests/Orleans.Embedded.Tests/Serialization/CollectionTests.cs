using System.Collections.Immutable;
using Orleans.Embedded.Tests.Copying;
using Orleans.Serialization;

namespace Orleans.Embedded.Tests.Serialization;

public sealed class CollectionTests
{
    public static TheoryData<object> Values =>
    [
        Array.Empty<int>(), new[] { 1, -2 }, new[] { 'a', 'b' }, new[] { 1.5, double.NaN }, new[] { true, false }, new[] { Guid.Empty },
        new byte[] { 1, 2 }, new[] { "a", null, "" }, new int?[] { 1, null }, new[] { Plain.Most, Plain.None }, new[] { 1m },
        new int[][] { [1], [], [2, 3] }, new[] { new Measured("a", 1), new Measured("b", null) }, new object[] { 1, "a", new[] { 2 } },
        new List<string> { "a" }, new List<object?> { null, 5, new List<int> { 1 } }, new HashSet<int> { 1, 2 },
        new Dictionary<string, int?> { ["a"] = 1, ["b"] = null }, new Dictionary<int, Dictionary<string, byte[]>> { [1] = new() { ["x"] = [1] } },
        ImmutableArray.Create(1, 2), ImmutableList.Create("a"), ImmutableHashSet.Create(1, 2),
        ImmutableDictionary<string, int>.Empty.Add("a", 1), ImmutableSortedDictionary<string, int>.Empty.Add("b", 1).Add("a", 2),
    ];

    [Theory]
    [MemberData(nameof(Values))]
    public void ComesBackAsDeclared(object value)
    {
        var copy = Wire.TripAs(value.GetType(), value);

        Assert.Equal(value.GetType(), copy!.GetType());
        Assert.Equivalent(value, copy, strict: true);
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void ComesBackAsAnything(object value)
    {
        var copy = Wire.Trip(value);

        Assert.Equal(value.GetType(), copy.GetType());
        Assert.Equivalent(value, copy, strict: true);
    }

    [Fact]
    public void InterfacesKeepTheConcreteType()
    {
        Assert.IsType<int[]>(Wire.Trip<IReadOnlyList<int>>(new[] { 1 }));
        Assert.IsType<List<int>>(Wire.Trip<IReadOnlyList<int>>(new List<int> { 1 }));
        Assert.IsType<ImmutableArray<int>>(Wire.Trip<IEnumerable<int>>(ImmutableArray.Create(1)));
        Assert.IsType<Dictionary<string, IReadOnlyDictionary<string, string>>>(
            Wire.Trip<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>>(
                new Dictionary<string, IReadOnlyDictionary<string, string>> { ["a"] = new Dictionary<string, string> { ["b"] = "c" } }));
    }

    [Fact]
    public void AListThatOnlyTheCompilerKnowsIsRefused()
    {
        IReadOnlyList<int> list = [1, 2];

        Assert.Throws<CodecNotFoundException>(() => Wire.Trip(list));
    }

    [Fact]
    public void ComparersTravelWhenTheyHaveAName()
    {
        Assert.Contains("A", Wire.Trip(new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "a" }));
        Assert.Equal(1, Wire.Trip(new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 })["A"]);
        Assert.Equal(1, Wire.Trip(ImmutableDictionary.Create<string, int>(StringComparer.OrdinalIgnoreCase).Add("a", 1))["A"]);
        Assert.Equal(StringComparer.Ordinal, Wire.Trip(ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal).Add("a", 1)).KeyComparer);
        Assert.Throws<CodecNotFoundException>(() => Wire.Trip(new HashSet<int[]>(new ByLength())));
    }

    [Fact]
    public void TheDefaultImmutableArrayStaysIt()
    {
        Assert.True(Wire.Trip(default(ImmutableArray<int>)).IsDefault);
        Assert.True(Wire.Trip(new Boxed<ImmutableArray<int>>()).Content.IsDefault);
        Assert.False(Wire.Trip(ImmutableArray<int>.Empty).IsDefault);
    }

    [Fact]
    public void ViewsTravelAsWhatTheyShow()
    {
        var bytes = new byte[] { 1, 2, 3 };
        Assert.Equal([2, 3], Wire.Trip<ReadOnlyMemory<byte>>(bytes.AsMemory(1)).ToArray());
        Assert.Equal([2, 3], Wire.Trip(bytes.AsMemory(1)).ToArray());
        Assert.Equal([2], Wire.Trip(new ArraySegment<byte>(bytes, 1, 1)).ToArray());
        Assert.Equal([5], Wire.Trip<ReadOnlyMemory<int>>(new[] { 4, 5 }.AsMemory(1)).ToArray());
        Assert.Equal([5], Wire.Trip(new ArraySegment<int>([4, 5], 1, 1)).ToArray());
        Assert.Equal(["b"], Wire.Trip(new[] { "a", "b" }.AsMemory(1)).ToArray());
        Assert.True(Wire.Trip(default(ReadOnlyMemory<byte>)).IsEmpty);
        Assert.Null(Wire.Trip(default(ArraySegment<int>)).Array);
    }

    [Fact]
    public void ContextDictionariesTravel()
    {
        var context = new Dictionary<string, object> { ["#CCR"] = Guid.NewGuid(), ["trace"] = "x", ["person"] = new Person { Name = "a" } };
        var copy = Wire.Trip(context);

        Assert.Equal((context["#CCR"], context["trace"]), (copy["#CCR"], copy["trace"]));
        Assert.Equal("a", Assert.IsType<Person>(copy["person"]).Name);
    }

    private sealed class ByLength : IEqualityComparer<int[]>
    {
        public bool Equals(int[]? x, int[]? y) => x!.Length == y!.Length;

        public int GetHashCode(int[] obj) => obj.Length;
    }
}
