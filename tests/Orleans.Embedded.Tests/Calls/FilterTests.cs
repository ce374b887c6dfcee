using System.Collections.Concurrent;
using Orleans.Embedded.Tests.Silos;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Orleans.Embedded.Tests.Calls;

public interface IFilteredGrain : IGrainWithStringKey
{
    Task<string> Echo(string text);

    Task<string> Fail();

    Task<List<string>> SeenByOwnFilter();
}

public sealed class FilteredGrain : Grain, IFilteredGrain, IIncomingGrainCallFilter
{
    private readonly List<string> _seen = [];

    public Task<string> Echo(string text) => Task.FromResult(text);

    public Task<string> Fail() => throw new TestFailureException("failed");

    public Task<List<string>> SeenByOwnFilter() => Task.FromResult(_seen);

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        _seen.Add(context.MethodName);
        await context.Invoke();
    }
}

/// <summary>Notes what passes, adds its mark to the first argument and to the result, and handles failures where told to.</summary>
public sealed class MarkingFilter(string mark, ConcurrentQueue<string> log) : IIncomingGrainCallFilter, IOutgoingGrainCallFilter
{
    public Task Invoke(IIncomingGrainCallContext context)
    {
        // A silo's own grains pass here too.
        if (context.InterfaceMethod.DeclaringType != typeof(IFilteredGrain))
        {
            return context.Invoke();
        }

        Assert.IsType<FilteredGrain>(context.Grain);
        Assert.Equal(typeof(FilteredGrain), context.ImplementationMethod.DeclaringType);
        Assert.Equal(context.TargetId, context.TargetContext.GrainId);
        return Pass(context);
    }

    public Task Invoke(IOutgoingGrainCallContext context)
    {
        if (context.InterfaceMethod.DeclaringType != typeof(IFilteredGrain))
        {
            return context.Invoke();
        }

        Assert.Null(context.SourceContext);
        return Pass(context);
    }

    private async Task Pass(IGrainCallContext context)
    {
        log.Enqueue($"{mark}>{context.MethodName}");
        if (context.Request.GetArgumentCount() > 0)
        {
            context.Request.SetArgument(0, context.Request.GetArgument(0) + mark);
        }

        if (mark == "answers")
        {
            context.Result = "answered by the filter";
            return;
        }

        try
        {
            await context.Invoke();
        }
        catch (TestFailureException) when (mark == "handles")
        {
            context.Result = "handled";
        }

        log.Enqueue($"{mark}<{context.Result}");
    }
}

public sealed class FilterTests
{
    private readonly ConcurrentQueue<string> _log = new();

    [Fact]
    public async Task Incoming_filters_run_in_order_around_the_call_and_may_change_arguments()
    {
        await using var silo = await TestSilo.Start(builder => builder
            .AddIncomingGrainCallFilter(new MarkingFilter("1", _log))
            .AddIncomingGrainCallFilter(new MarkingFilter("2", _log)));

        Assert.Equal("x12", await silo.Grains.GetGrain<IFilteredGrain>("a").Echo("x"));
        Assert.Equal(["1>Echo", "2>Echo", "2<x12", "1<x12"], _log);
    }

    [Fact]
    public async Task Outgoing_filters_run_in_order_around_the_call_and_may_change_arguments()
    {
        await using var silo = await TestSilo.Start(builder => builder
            .AddOutgoingGrainCallFilter(new MarkingFilter("1", _log))
            .AddOutgoingGrainCallFilter(new MarkingFilter("2", _log)));

        Assert.Equal("x12", await silo.Grains.GetGrain<IFilteredGrain>("a").Echo("x"));
        Assert.Equal(["1>Echo", "2>Echo", "2<x12", "1<x12"], _log);
    }

    [Fact]
    public async Task A_filter_may_answer_itself()
    {
        await using var silo = await TestSilo.Start(builder => builder.AddIncomingGrainCallFilter(new MarkingFilter("answers", _log)));

        Assert.Equal("answered by the filter", await silo.Grains.GetGrain<IFilteredGrain>("a").Echo("x"));
    }

    [Fact]
    public async Task A_filter_sees_failures_and_may_handle_them()
    {
        await using var silo = await TestSilo.Start(builder => builder.AddIncomingGrainCallFilter(new MarkingFilter("handles", _log)));

        Assert.Equal("handled", await silo.Grains.GetGrain<IFilteredGrain>("a").Fail());
    }

    [Fact]
    public async Task Failures_that_no_filter_handles_reach_the_caller()
    {
        await using var silo = await TestSilo.Start(builder => builder
            .AddIncomingGrainCallFilter(new MarkingFilter("1", _log))
            .AddOutgoingGrainCallFilter(new MarkingFilter("2", _log)));

        await Assert.ThrowsAsync<TestFailureException>(() => silo.Grains.GetGrain<IFilteredGrain>("a").Fail());
    }

    [Fact]
    public async Task A_filter_that_neither_goes_on_nor_answers_fails_the_call()
    {
        await using var silo = await TestSilo.Start(builder => builder.AddIncomingGrainCallFilter(
            context => context.Grain is FilteredGrain ? Task.CompletedTask : context.Invoke()));

        await Assert.ThrowsAsync<InvalidOperationException>(() => silo.Grains.GetGrain<IFilteredGrain>("a").Echo("x"));
    }

    [Fact]
    public async Task A_grain_can_be_its_own_filter()
    {
        await using var silo = await TestSilo.Start();
        var grain = silo.Grains.GetGrain<IFilteredGrain>("a");
        await grain.Echo("x");

        Assert.Equal(["Echo", "SeenByOwnFilter"], await grain.SeenByOwnFilter());
    }
}
