using System.Net;
using Orleans.Embedded.Tests.Silos;
using Orleans.Runtime;

namespace Orleans.Embedded.Tests.Identity;

public interface IGuidGrain : IGrainWithGuidKey
{
    Task<(Guid Key, string Id)> Who();
}

public interface INumberedGrain : IGrainWithIntegerKey
{
    Task<(long Key, string Id)> Who();
}

public interface ICompoundGrain : IGrainWithIntegerCompoundKey
{
    Task<(long Key, string? Extension)> Who();
}

public interface INamedGrain : IGrainWithStringKey
{
    Task<string> Who();
}

public interface IOtherFaceGrain : IGrainWithStringKey
{
    Task<string> OtherFace();
}

public sealed class GuidGrain : Grain, IGuidGrain
{
    public Task<(Guid Key, string Id)> Who() => Task.FromResult((this.GetPrimaryKey(), this.GetGrainId().ToString()));
}

public sealed class NumberedGrain : Grain, INumberedGrain
{
    public Task<(long Key, string Id)> Who() => Task.FromResult((this.GetPrimaryKeyLong(), this.GetGrainId().ToString()));
}

public sealed class CompoundGrain : Grain, ICompoundGrain
{
    public Task<(long Key, string? Extension)> Who()
    {
        var key = this.GetPrimaryKeyLong(out var extension);
        return Task.FromResult((key, extension));
    }
}

[GrainType("some-name")]
public sealed class NamedGrain : Grain, INamedGrain, IOtherFaceGrain
{
    public Task<string> Who() => Task.FromResult(this.GetGrainId().ToString());

    public Task<string> OtherFace() => Task.FromResult("other " + this.GetPrimaryKeyString());
}

/// <summary>A grain without the base class.</summary>
public interface IPlainGrain : IGrainWithStringKey
{
    Task<string> Who();
}

public sealed class PlainGrain(IGrainContext context, IGrainFactory grains) : IGrainBase, IPlainGrain
{
    public IGrainContext GrainContext { get; } = context;

    public Task<string> Who() => Task.FromResult($"{this.GetPrimaryKeyString()} {grains is not null}");
}

public sealed class IdentityTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    [Fact]
    public async Task Keys_of_all_kinds_come_back_and_are_written_as_in_Orleans()
    {
        var guid = Guid.NewGuid();
        Assert.Equal((guid, $"guid/{guid:N}"), await silo.Grains.GetGrain<IGuidGrain>(guid).Who());
        Assert.Equal((255L, "numbered/FF"), await silo.Grains.GetGrain<INumberedGrain>(255).Who());
        Assert.Equal((-1L, "numbered/FFFFFFFFFFFFFFFF"), await silo.Grains.GetGrain<INumberedGrain>(-1).Who());
        Assert.Equal((7L, "ext+x"), await silo.Grains.GetGrain<ICompoundGrain>(7, "ext+x", null).Who());
        Assert.Equal("some-name/a/b", await silo.Grains.GetGrain<INamedGrain>("a/b").Who());
    }

    [Fact]
    public async Task A_reference_can_be_cast_to_another_interface_of_the_grain()
    {
        var other = silo.Grains.GetGrain<INamedGrain>("a").AsReference<IOtherFaceGrain>();

        Assert.Equal("other a", await other.OtherFace());
        Assert.Equal((object)silo.Grains.GetGrain<INamedGrain>("a"), other);
    }

    [Fact]
    public async Task A_grain_can_be_found_by_its_id()
    {
        var id = GrainId.Create("some-name", "x");

        Assert.Equal("some-name/x", await silo.Grains.GetGrain<INamedGrain>(id).Who());
        Assert.Equal(id, silo.Grains.GetGrain<INamedGrain>("x").GetGrainId());
    }

    [Fact]
    public async Task A_grain_needs_no_base_class()
    {
        Assert.Equal("x True", await silo.Grains.GetGrain<IPlainGrain>("x").Who());
    }

    [Fact]
    public void References_are_equal_when_they_name_the_same_grain()
    {
        var a = silo.Grains.GetGrain<INamedGrain>("a");

        Assert.Equal(a, silo.Grains.GetGrain<INamedGrain>("a"));
        Assert.Equal(a.GetHashCode(), silo.Grains.GetGrain<INamedGrain>("a").GetHashCode());
        Assert.NotEqual(a, silo.Grains.GetGrain<INamedGrain>("b"));
        Assert.Equal("a", a.GetPrimaryKeyString());
    }

    [Fact]
    public void Grain_ids_can_be_written_and_read()
    {
        var id = GrainId.Create("type", "key/with/slashes");

        Assert.Equal(id, GrainId.Parse(id.ToString()));
        Assert.False(GrainId.TryParse("no-slash", out _));
        Assert.Equal(id.GetUniformHashCode(), GrainId.Parse("type/key/with/slashes").GetUniformHashCode());
    }

    [Fact]
    public void Silo_addresses_can_be_written_and_read_and_know_their_successors()
    {
        var address = SiloAddress.New(IPAddress.Loopback, 1234, 77);

        Assert.Equal(address, SiloAddress.FromParsableString(address.ToParsableString()));
        Assert.True(SiloAddress.New(IPAddress.Loopback, 1234, 78).IsSuccessorOf(address));
        Assert.False(SiloAddress.New(IPAddress.Loopback, 1235, 78).IsSuccessorOf(address));
        Assert.Throws<FormatException>(() => SiloAddress.FromParsableString("127.0.0.1@5"));
    }
}
