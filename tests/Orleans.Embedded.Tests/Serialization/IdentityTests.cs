using Orleans.Embedded.Serialization;
using Orleans.Embedded.Tests.Copying;
using Orleans.Serialization;

namespace Orleans.Embedded.Tests.Serialization;

public interface IWireGrain : IGrainWithStringKey;

[Alias("wire.IOtherGrain")]
public interface IOtherWireGrain : IGrainWithStringKey;

public sealed class IdentityTests
{
    [Fact]
    public void CyclesAndSharedObjectsKeepTheirShape()
    {
        var shared = new Node { Name = "shared" };
        var node = new Node { Name = "a", Others = [shared, shared], Any = shared };
        node.Next = node;
        var copy = Wire.Trip(node);

        Assert.Same(copy, copy.Next);
        Assert.Same(copy.Others[0], copy.Others[1]);
        Assert.Same(copy.Others[0], copy.Any);
    }

    [Fact]
    public void CollectionsAndArraysKeepTheirIdentity()
    {
        object[] seeds = [new int[] { 1 }, new byte[] { 1 }, new string[] { "a" }, new List<int>(), new HashSet<int>(), new Dictionary<int, int>()];
        object[] all = [.. seeds, .. seeds];
        var copy = Wire.Trip(all);

        Assert.All(seeds.Index(), seed => Assert.Same(copy[seed.Index], copy[seed.Index + seeds.Length]));
        var itself = new List<object>();
        itself.Add(itself);
        var loop = Wire.Trip(itself);
        Assert.Same(loop, loop[0]);
    }

    [Fact]
    public void ManyObjectsKeepTheirIdentity()
    {
        var nodes = Enumerable.Range(0, 500).Select(i => new Node { Name = i.ToString() }).ToList();
        nodes.AddRange(nodes.ToArray().Reverse());
        var copy = Wire.Trip(nodes);

        Assert.All(Enumerable.Range(0, 500), i => Assert.Same(copy[i], copy[999 - i]));
        Assert.Equal("499", copy[500].Name);
    }

    [Fact]
    public void ValuesOfOneMessageShareObjects()
    {
        var node = new Node();
        using var output = new WireWriter();
        Wire.Here.Write(output, node);
        Wire.Here.Write<object>(output, node);
        Wire.Here.Write(output, 5);
        var input = new WireReader(output.Head, []);

        Assert.Same(Wire.There.Read<Node>(input), Wire.There.Read<object>(input));
        Assert.Equal(5, Wire.There.Read<int>(input));
    }

    [Fact]
    public void MessagesShareNothing()
    {
        using var output = new WireWriter();
        var node = new Node { Name = "a" };
        Wire.Here.Write(output, node);
        var first = output.Head.ToArray();
        output.Reset();
        Wire.Here.Write(output, node);

        Assert.Equal(first, output.Head.ToArray());
    }

    [Fact]
    public void DerivedObjectsStayWhatTheyAre()
    {
        var copy = Wire.Trip(new Node { Next = new SpecialNode { Name = "a", Special = 5 } });
        var special = Assert.IsType<SpecialNode>(copy.Next);

        Assert.Equal(("a", 5L), (special.Name, special.Special));
        Assert.Equal(2.5m, Assert.IsType<Employee>(Wire.Trip<Person>(new Employee { Salaries = { ["x"] = 2.5m } })).Salaries["x"]);
    }

    [Fact]
    public void InterfacesAreRebuiltByAlias()
    {
        var copy = Wire.Trip<IShape>(new Drawing { Parts = new IShape[] { new Circle(1), new Drawing(), new Circle(2) }, Anything = new object() });
        var drawing = Assert.IsType<Drawing>(copy);

        Assert.Equal(new Circle(2), drawing.Parts[2]);
        Assert.IsType<Drawing>(drawing.Parts[1]);
        Assert.Equal(typeof(object), drawing.Anything!.GetType());
    }

    [Fact]
    public void ChainsTooDeepAreRefusedBeforeTheStackEnds()
    {
        var chain = new Node();
        for (var i = 0; i < 100_000; i++)
        {
            chain = new Node { Next = chain };
        }

        Assert.Throws<SerializerException>(() => Wire.Trip(chain));
    }

    [Fact]
    public void ReferencesLeadToTheSameGrain()
    {
        var grain = (IWireGrain)(object)Wire.Interfaces.For(typeof(IWireGrain)).ReferenceTo(Runtime.GrainId.Create("kind", "key"));
        var other = (IOtherWireGrain)(object)Wire.Interfaces.For(typeof(IOtherWireGrain)).ReferenceTo(Runtime.GrainId.Create("kind", "other"));

        Assert.Equal(grain, Wire.Trip(grain));
        Assert.Equal(grain, Assert.IsAssignableFrom<IWireGrain>(Wire.Trip<object>(grain)));
        Assert.Equal(other, Assert.IsAssignableFrom<IOtherWireGrain>(Wire.Trip<IGrain>(other)));
        Assert.Equal([grain], Wire.Trip(new List<IWireGrain> { grain }));
        Assert.Equal([grain, other], Wire.Trip(new object[] { grain, other }));
    }
}
