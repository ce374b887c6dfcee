using System.Collections.Immutable;
using Orleans.Embedded.Tests.Silos;
using Orleans.Serialization;

namespace Orleans.Embedded.Tests.Copying;

public sealed class CopyTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    private readonly string _key = Gate.NewName();

    private ICopyGrain Grain => silo.Grains.GetGrain<ICopyGrain>(_key);

    [Fact]
    public async Task Objects_are_copied_member_by_member()
    {
        var person = new Person("hidden") { Name = "a", Friends = [new Person { Name = "b" }], Numbers = [1, 2], Note = "not a member" };
        var copy = await Grain.EchoPerson(person);

        Assert.NotSame(person, copy);
        Assert.Equal(("a", "hidden", null), (copy.Name, copy.Secret, copy.Note));
        Assert.Equal("b", Assert.Single(copy.Friends).Name);
        Assert.NotSame(person.Friends[0], copy.Friends[0]);
        Assert.Equal([1, 2], copy.Numbers);
        Assert.NotSame(person.Numbers, copy.Numbers);
    }

    [Fact]
    public async Task Derived_objects_stay_what_they_are()
    {
        Person employee = new Employee { Name = "a", Salaries = { ["2030"] = 1.5m } };
        var copy = Assert.IsType<Employee>(await Grain.EchoPerson(employee));

        Assert.Equal("a", copy.Name);
        Assert.Equal(1.5m, copy.Salaries["2030"]);
    }

    [Fact]
    public async Task Cycles_and_shared_objects_keep_their_shape()
    {
        var friend = new Person { Name = "b" };
        var person = new Person { Name = "a", Friends = [friend, friend] };
        person.Self = person;
        var copy = await Grain.EchoPerson(person);

        Assert.Same(copy, copy.Self);
        Assert.Same(copy.Friends[0], copy.Friends[1]);
        Assert.True(await Grain.AreSame(friend, friend));
    }

    [Fact]
    public async Task Records_are_copied_with_and_without_marked_parameters()
    {
        var segment = new Segment(new Point(1, [2]), new Point(3, [4])) { Label = "x" };
        var copy = Assert.IsType<Segment>(await Grain.Echo(segment));

        Assert.Equal((1, 3, "x"), (copy.From.X, copy.To.X, copy.Label));
        Assert.Equal([2], copy.From.Path);
        Assert.NotSame(segment.From.Path, copy.From.Path);
    }

    [Fact]
    public async Task Structs_and_nullables_are_copied()
    {
        var pair = new Pair([1], DayOfWeek.Friday);
        var copy = Assert.IsType<Pair>(await Grain.Echo(pair));

        Assert.Equal(pair.Bytes, copy.Bytes);
        Assert.NotSame(pair.Bytes, copy.Bytes);
        Assert.Equal(DayOfWeek.Friday, copy.Day);
    }

    [Fact]
    public async Task Collections_are_copied_with_their_elements()
    {
        var people = new List<Person> { new() { Name = "a" } };
        Assert.NotSame(people[0], (await Grain.EchoPeople(people))[0]);
        Assert.NotSame(people[0], (await Grain.EchoPeople(people.ToArray()))[0]);

        object[] values =
        [
            new[] { 1, 2 },
            new List<string> { "a" },
            new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "a" },
            new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 },
            ImmutableArray.Create(new List<int> { 1 }),
            ImmutableList.Create(new List<int> { 1 }),
            ImmutableDictionary.Create<string, List<int>>().Add("a", [1]),
            (1, new List<int> { 2 }),
            KeyValuePair.Create("a", new[] { 1 }),
        ];
        var copies = Assert.IsType<object[]>(await Grain.Echo(values));
        Assert.Equivalent(values, copies, strict: true);
        Assert.All(values.Zip(copies), pair => Assert.NotSame(pair.First, pair.Second));
        Assert.Contains("A", Assert.IsType<HashSet<string>>(copies[2]));
        Assert.Equal(1, Assert.IsType<Dictionary<string, int>>(copies[3])["A"]);
    }

    [Fact]
    public async Task Memory_is_copied()
    {
        var bytes = new byte[] { 1, 2, 3 };
        var copy = await Grain.EchoMemory(bytes.AsMemory(1));
        bytes[1] = 9;

        Assert.Equal([2, 3], copy.ToArray());
    }

    [Fact]
    public async Task Immutable_types_and_collections_of_them_are_shared()
    {
        var frozen = new Frozen { Bytes = [1] };
        var list = ImmutableList.Create(frozen);

        Assert.Same(frozen, await Grain.Echo(frozen));
        Assert.Same(list, await Grain.Echo(list));
        Assert.Same(_key, await Grain.Echo(_key));
    }

    [Fact]
    public async Task Immutable_parameters_are_shared_on_the_way_in()
    {
        var bytes = new byte[] { 1 };

        Assert.NotSame(bytes, await Grain.EchoImmutable(bytes));
        Assert.False(await Grain.IsSameAsBefore(bytes));
        Assert.False(await Grain.IsSameAsBefore(bytes));
    }

    [Fact]
    public async Task Converters_carry_types_that_are_not_ours()
    {
        var foreign = new Foreign(5);
        var copy = Assert.IsType<Foreign>(await Grain.Echo(foreign));

        Assert.Equal(5, copy.Value);
        Assert.NotSame(foreign, copy);
    }

    [Fact]
    public async Task Types_that_are_not_marked_are_refused_both_ways()
    {
        await Assert.ThrowsAsync<CodecNotFoundException>(() => Grain.Echo(new Unmarked()));
        await Assert.ThrowsAsync<CodecNotFoundException>(() => Grain.Echo(new List<Unmarked> { new() }));
        await Assert.ThrowsAsync<CodecNotFoundException>(() => Grain.ReturnUnmarked());
    }

    [Fact, Trait("orleans", "embedded")]
    public async Task A_list_that_only_the_compiler_knows_is_refused()
    {
        IReadOnlyList<Person> people = [new Person(), new Person()];

        await Assert.ThrowsAsync<CodecNotFoundException>(() => Grain.EchoPeople(people));
    }

    [Fact]
    public async Task References_and_grains_themselves_travel_as_references()
    {
        var itself = await Grain.Myself();

        Assert.Equal(Grain, itself);
        Assert.Equal(_key, await itself.NameOf(Grain));
    }
}
