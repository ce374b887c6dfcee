using Orleans.Embedded.Tests.Silos;

namespace Orleans.Embedded.Tests.Scheduling;

public sealed class InterleavingTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    private readonly string _key = Gate.NewName();

    private IScheduledGrain Grain => silo.Grains.GetGrain<IScheduledGrain>(_key);

    private IReentrantGrain Reentrant => silo.Grains.GetGrain<IReentrantGrain>(_key);

    [Fact]
    public async Task A_request_waits_for_the_one_in_progress()
    {
        var blocked = Grain.Block(_key);
        await Gate.Named(_key).Arrival();
        var waiting = Grain.ActivationId();

        // The interleaving call was sent after it, and yet only that one can have run.
        await Grain.Peek();
        Assert.False(waiting.IsCompleted);
        Gate.Named(_key).Open();
        await Task.WhenAll(blocked, waiting);
    }

    [Fact]
    public async Task AlwaysInterleave_runs_beside_a_request_in_progress()
    {
        var blocked = Grain.Block(_key);
        await Gate.Named(_key).Arrival();

        Assert.Equal("peeked", await Grain.Peek());
        Assert.False(blocked.IsCompleted);
        Gate.Named(_key).Open();
        await blocked;
    }

    [Fact]
    public async Task ReadOnly_requests_run_beside_each_other()
    {
        var reading = Grain.Read(_key);
        await Gate.Named(_key).Arrival();

        Assert.Equal("read", await Grain.ReadQuickly());
        Assert.False(reading.IsCompleted);
        Gate.Named(_key).Open();
        await reading;
    }

    [Fact]
    public async Task ReadOnly_requests_wait_for_one_that_writes()
    {
        var writing = Grain.Block(_key);
        await Gate.Named(_key).Arrival();
        var reading = Grain.ReadQuickly();
        await Grain.Peek();

        Assert.False(reading.IsCompleted);
        Gate.Named(_key).Open();
        await Task.WhenAll(writing, reading);
    }

    [Fact]
    public async Task One_that_writes_waits_for_ReadOnly_requests()
    {
        var reading = Grain.Read(_key);
        await Gate.Named(_key).Arrival();
        var writing = Grain.Append(1);
        await Grain.Peek();

        Assert.False(writing.IsCompleted);
        Gate.Named(_key).Open();
        await Task.WhenAll(writing, reading);
    }

    [Fact]
    public async Task Reentrant_grains_interleave_all_requests()
    {
        var blocked = Reentrant.Block(_key);
        await Gate.Named(_key).Arrival();

        Assert.Equal("quick", await Reentrant.Quick());
        Assert.False(blocked.IsCompleted);
        Gate.Named(_key).Open();
        await blocked;
    }

    [Fact]
    public async Task Interleaving_happens_only_between_turns()
    {
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => Reentrant.Count(times: 200))));

        // Counting is not atomic: turns that overlap would lose some.
        Assert.Equal(100 * 200, await Reentrant.Counted());
    }
}
