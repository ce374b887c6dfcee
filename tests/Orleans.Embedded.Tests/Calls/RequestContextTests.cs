using Orleans.Embedded.Tests.Silos;
using Orleans.Runtime;

namespace Orleans.Embedded.Tests.Calls;

public sealed class RequestContextTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    private readonly string _key = Gate.NewName();

    private ICallGrain Grain => silo.Grains.GetGrain<ICallGrain>(_key);

    [Fact]
    public async Task Values_flow_to_the_grain_and_on_to_those_it_calls()
    {
        RequestContext.Set("tenant", "blue");

        Assert.Equal("blue", await Grain.FromContext("tenant"));
        Assert.Equal("blue", await Grain.FromContextOf(_key + "-other", "tenant"));
    }

    [Fact]
    public async Task Values_do_not_flow_back()
    {
        RequestContext.Set("tenant", "blue");
        await Grain.SetContext("tenant", "red");

        Assert.Equal("blue", RequestContext.Get("tenant"));
    }

    [Fact]
    public async Task Values_do_not_stay_in_the_grain()
    {
        await Grain.SetContext("tenant", "red");
        RequestContext.Set("tenant", "blue");
        await Grain.FromContext("tenant");
        RequestContext.Clear();

        Assert.Null(await Grain.FromContext("tenant"));
    }

    [Fact]
    public async Task Removed_values_do_not_flow()
    {
        RequestContext.Set("a", "1");
        RequestContext.Set("b", "2");
        Assert.True(RequestContext.Remove("a"));
        Assert.False(RequestContext.Remove("a"));

        Assert.Null(await Grain.FromContext("a"));
        Assert.Equal("2", await Grain.FromContext("b"));
        Assert.Equal(["b"], RequestContext.Keys);
    }

    [Fact]
    public async Task Values_are_copied_like_arguments()
    {
        var list = new List<int> { 1 };
        RequestContext.Set("list", list);
        var seen = Assert.IsType<List<int>>(await Grain.FromContext("list"));

        Assert.Equal(list, seen);
        Assert.NotSame(list, seen);
    }
}
