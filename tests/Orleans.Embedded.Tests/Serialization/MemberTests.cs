using Orleans.Embedded.Tests.Copying;
using Orleans.Serialization;

namespace Orleans.Embedded.Tests.Serialization;

public sealed class MemberTests
{
    [Fact]
    public void MembersOfAllBaseTypesTravelAndOthersDoNot()
    {
        var copy = Wire.Trip(new Letter("title", "you", 3));

        Assert.Equal(("title", "you", 3), (copy.Title, copy.To, copy.Pages));
        Assert.Equal((0, 0), (copy.Cached, copy.ConstructorRuns));
    }

    [Fact]
    public void ClassesWithAPlainConstructorStartFromIt()
    {
        var copy = Wire.Trip(new Person("hidden") { Name = "a", Friends = [new Person { Name = "b" }], Numbers = [1, 2], Note = "no member" });

        Assert.Equal(("a", "hidden", null), (copy.Name, copy.Secret, copy.Note));
        Assert.Equal("b", Assert.Single(copy.Friends).Name);
        Assert.Equal([1, 2], copy.Numbers);
    }

    [Fact]
    public void DefaultsOverwriteWhatTheConstructorSets()
    {
        var copy = Wire.Trip(new Order { Customer = "c", Amount = 0, Note = null });

        Assert.Equal(("c", 0, null), (copy.Customer, copy.Amount, copy.Note));
    }

    [Fact]
    public void RecordsTravelWithAndWithoutMarkedParameters()
    {
        var copy = Wire.Trip(new Segment(new Point(1, [2]), new Point(-3, [4])) { Label = "x" });

        Assert.Equal((1, -3, "x"), (copy.From.X, copy.To.X, copy.Label));
        Assert.Equal([4], copy.To.Path);
    }

    [Fact]
    public void StructsTravel()
    {
        var pair = Wire.Trip(new Pair([1], DayOfWeek.Friday));

        Assert.Equal([1], pair.Bytes);
        Assert.Equal(DayOfWeek.Friday, pair.Day);
        Assert.Equal(new Measured("a", null), Wire.Trip(new Measured("a", null)));
        Assert.Equal(new Measured("a", 0), Wire.Trip(new Measured("a", 0)));
        Assert.Equal(new Measured("a", 1), Wire.Trip<Measured?>(new Measured("a", 1)));
    }

    [Fact]
    public void TuplesAndPairsTravel()
    {
        Assert.Equal((1, "a", (Guid?)null), Wire.Trip((1, "a", (Guid?)null)));
        Assert.Equal((1, 2, 3, 4, 5, 6, 7, 8, 9), Wire.Trip((1, 2, 3, 4, 5, 6, 7, 8, 9)));
        Assert.Equal(Tuple.Create("a", 2), Wire.Trip(Tuple.Create("a", 2)));
        Assert.Equal(KeyValuePair.Create("a", 2L), Wire.Trip(KeyValuePair.Create("a", 2L)));
    }

    [Fact]
    public void ConvertersCarryTypesThatAreNotOurs()
    {
        Assert.Equal(5, Wire.Trip(new Foreign(5)).Value);
        Assert.Equal(6, Assert.IsType<Foreign>(Wire.Trip<object>(new Foreign(6))).Value);
    }

    [Fact]
    public void GenericTypesTravel() =>
        Assert.Equal([1, 2], Assert.IsType<Boxed<List<int>>>(Wire.Trip<object>(new Boxed<List<int>> { Content = [1, 2] })).Content);

    [Fact]
    public void UnmarkedTypesAreRefused()
    {
        Assert.Throws<CodecNotFoundException>(() => Wire.Trip(new Unmarked()));
        Assert.Throws<CodecNotFoundException>(() => Wire.Trip<object>(new Unmarked()));
        Assert.Throws<CodecNotFoundException>(() => Wire.Trip<object>(new List<Unmarked>()));
        Assert.Throws<CodecNotFoundException>(() => Wire.Trip(new Boxed<Unmarked> { Content = new() }));
        Assert.Null(Wire.Trip(new Boxed<Unmarked>()).Content);
    }
}
