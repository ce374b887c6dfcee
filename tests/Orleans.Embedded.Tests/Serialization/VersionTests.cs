using Orleans.Serialization;

namespace Orleans.Embedded.Tests.Serialization;

public sealed class VersionTests
{
    [Fact]
    public void UnknownMembersAreSteppedOverAndMissingOnesStayAsMade()
    {
        var old = Wire.Reinterpret<Version2, Version1>(new Version2 { Kept = 5, Shared = new Node { Name = "last" } });

        Assert.Equal((5, "as made", "last"), (old.Kept, old.Missing, old.Shared!.Name));
    }

    [Fact]
    public void OlderMessagesAreRead()
    {
        var newer = Wire.Reinterpret<Version1, Version2>(new Version1 { Kept = 5, Missing = "dropped", Shared = new Node { Name = "last" } });

        Assert.Equal((5, "last", 5000), (newer.Kept, newer.Shared!.Name, newer.Bytes.Length));
    }

    [Fact]
    public void ObjectsMetFirstInAnUnknownMemberAreFoundAgain()
    {
        var shared = new Node { Name = "shared" };
        shared.Next = shared;
        var old = Wire.Reinterpret<Version2, Version1>(new Version2 { Early = shared, Shared = shared });

        Assert.Equal("shared", old.Shared!.Name);
        Assert.Same(old.Shared, old.Shared.Next);
    }

    [Fact]
    public void AMemberThatChangedItsShapeIsRefused() =>
        Assert.Throws<SerializerException>(() => Wire.Reinterpret<Boxed<int>, Boxed<string>>(new Boxed<int> { Content = 5 }));

    [Fact]
    public void NumbersMayBecomeWiderButNotLoseTheirValue()
    {
        Assert.Equal(5, Wire.Reinterpret<Boxed<int>, Boxed<long>>(new Boxed<int> { Content = 5 }).Content);
        Assert.Throws<SerializerException>(() => Wire.Reinterpret<Boxed<long>, Boxed<int>>(new Boxed<long> { Content = long.MaxValue }));
    }
}
