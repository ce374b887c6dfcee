using Orleans.Embedded.Tests.Silos;
using Orleans.Hosting;

namespace Orleans.Embedded.Tests.Calls;

public sealed class CancellationTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    private readonly string _key = Gate.NewName();

    private ICallGrain Grain => silo.Grains.GetGrain<ICallGrain>(_key);

    [Fact]
    public async Task Cancelling_releases_the_caller_and_cancels_the_token_in_a_turn_of_the_grain()
    {
        using var cancellation = new CancellationTokenSource();
        var running = Grain.BlockUntilCancelled(_key, cancellation.Token);
        await Gate.Named(_key).Arrival();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Gate.Named(_key + "-end").Arrival();
        Assert.Equal(1, await Grain.CancellationsSeen());
    }

    [Fact]
    public async Task A_token_that_is_cancelled_already_sends_nothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Grain.BlockUntilCancelled(_key, new CancellationToken(canceled: true)));

        Assert.Equal(0, Gate.Named(_key).Arrived);
    }

    [Fact, Trait("orleans", "embedded")]
    public async Task A_request_that_is_cancelled_while_it_waits_is_not_started()
    {
        var other = Gate.NewName();
        using var cancellation = new CancellationTokenSource();
        var blocked = Grain.Block(_key);
        await Gate.Named(_key).Arrival();
        var waiting = Grain.BlockUntilCancelled(other, cancellation.Token);
        await Grain.CancellationsSeen();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Grain.CancellationsSeen();
        Gate.Named(_key).Open();
        await blocked;
        await Grain.ValueTaskResult(5);

        Assert.Equal(0, Gate.Named(other).Arrived);
    }

    [Fact, Trait("orleans", "embedded")]
    public async Task Cancelling_works_through_outgoing_filters()
    {
        var other = Gate.NewName();
        await using var filtered = await TestSilo.Start(builder => builder.AddOutgoingGrainCallFilter(context => context.Invoke()));
        var grain = filtered.Grains.GetGrain<ICallGrain>(_key);
        using var cancellation = new CancellationTokenSource();
        var blocked = grain.Block(_key);
        await Gate.Named(_key).Arrival();
        var waiting = grain.BlockUntilCancelled(other, cancellation.Token);
        await grain.CancellationsSeen();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Gate.Named(_key).Open();
        await blocked;
        await grain.ValueTaskResult(5);

        Assert.Equal(0, Gate.Named(other).Arrived);
    }

    [Fact]
    public async Task A_token_that_is_never_cancelled_does_no_harm()
    {
        using var cancellation = new CancellationTokenSource();

        Assert.False(await Grain.Cancellable(cancellation.Token));
        Assert.False(await Grain.Cancellable(CancellationToken.None));
        await cancellation.CancelAsync();
        Assert.Equal(0, await Grain.CancellationsSeen());
    }
}
