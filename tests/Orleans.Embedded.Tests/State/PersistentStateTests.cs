using Microsoft.Extensions.DependencyInjection;
using Orleans.Embedded.Tests.Silos;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Runtime.Hosting;
using Orleans.Storage;

namespace Orleans.Embedded.Tests.State;

public sealed class PersistentStateTests : IAsyncLifetime
{
    private readonly string _key = Gate.NewName();
    private TestSilo _silo = null!;

    private IStateGrain Grain => _silo.Grains.GetGrain<IStateGrain>(_key);

    public async Task InitializeAsync() => _silo = await TestSilo.Start(builder => builder.AddMemoryGrainStorage("other"));

    public async Task DisposeAsync() => await _silo.DisposeAsync();

    [Fact]
    public async Task State_that_was_never_written_is_new_and_has_no_version()
    {
        Assert.Empty(await Grain.Read());
        Assert.Equal((null, false), await Grain.Version());
    }

    [Fact]
    public async Task What_was_written_is_there_after_the_activation()
    {
        var first = await Grain.ActivationId();
        await Grain.Write("a", "b");
        await Grain.Deactivate();

        Assert.Equal(["a", "b"], await Grain.Read());
        Assert.NotEqual(first, await Grain.ActivationId());
        Assert.True((await Grain.Version()).Exists);
    }

    [Fact]
    public async Task What_was_not_written_is_gone_with_the_activation()
    {
        await Grain.Write("a");
        await Grain.Scribble("b");
        await Grain.Deactivate();

        Assert.Equal(["a"], await Grain.Read());
    }

    [Fact]
    public async Task Reading_again_drops_what_was_not_written()
    {
        await Grain.Write("a");
        await Grain.Scribble("b");
        await Grain.Reload();

        Assert.Equal(["a"], await Grain.Read());
    }

    [Fact]
    public async Task Every_write_has_its_own_version()
    {
        await Grain.Write("a");
        var first = await Grain.Version();
        await Grain.Write("b");

        Assert.NotEqual(first, await Grain.Version());
    }

    [Fact]
    public async Task Cleared_state_is_new_again_and_can_be_written()
    {
        await Grain.Write("a");
        await Grain.Clear();
        Assert.False((await Grain.Version()).Exists);
        Assert.Empty(await Grain.Read());

        await Grain.Write("b");
        await Grain.Deactivate();
        Assert.Equal(["b"], await Grain.Read());
    }

    [Fact]
    public async Task A_write_over_a_version_that_is_not_stored_any_more_is_refused_and_ends_the_activation()
    {
        await Grain.Write("mine");
        var activation = await Grain.ActivationId();
        await WriteBehindTheGrain("theirs");

        await Assert.ThrowsAsync<InconsistentStateException>(() => Grain.Write("mine again"));
        Assert.Equal(["theirs"], await Grain.Read());
        Assert.NotEqual(activation, await Grain.ActivationId());
    }

    [Fact]
    public async Task A_conflict_ends_only_the_activation_it_happened_in()
    {
        var caller = _silo.Grains.GetGrain<IStateGrain>(_key + "-caller");
        var activation = await caller.ActivationId();
        await Grain.Write("mine");
        await WriteBehindTheGrain("theirs");

        await Assert.ThrowsAsync<InconsistentStateException>(() => caller.WriteThrough(_key, "mine again"));
        Assert.Equal(activation, await caller.ActivationId());
    }

    [Fact]
    public async Task A_stale_version_is_refused_by_the_storage_itself()
    {
        var storage = _silo.Services.GetRequiredKeyedService<IGrainStorage>("Default");
        var id = GrainId.Create("some", _key);
        var first = new GrainState<Ledger>(new Ledger());
        await storage.WriteStateAsync("ledger", id, first);
        var stale = new GrainState<Ledger>(new Ledger(), first.ETag);
        await storage.WriteStateAsync("ledger", id, first);

        var refusal = await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("ledger", id, stale));
        Assert.Equal(first.ETag, refusal.StoredEtag);
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.ClearStateAsync("ledger", id, stale));
        await Assert.ThrowsAsync<InconsistentStateException>(
            () => storage.WriteStateAsync("ledger", id, new GrainState<Ledger>(new Ledger())));
    }

    [Fact]
    public async Task A_grain_can_have_several_states_in_several_storages()
    {
        var grain = _silo.Grains.GetGrain<ITwoStatesGrain>(_key);
        await grain.Write(1, 2);
        await grain.Deactivate();

        Assert.Equal((1, 2), await grain.Read());
    }

    [Fact]
    public async Task A_storage_that_is_not_configured_fails_the_activation_by_name()
    {
        await using var silo = await TestSilo.Start();

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => silo.Grains.GetGrain<ITwoStatesGrain>(_key).Read());
        Assert.Contains("other", failure.GetBaseException().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_that_cannot_be_read_fails_the_activation()
    {
        await using var silo = await TestSilo.Start(
            builder => builder.Services.AddGrainStorage("other", (_, _) => new FailingStorage()));

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => silo.Grains.GetGrain<ITwoStatesGrain>(_key).Read());
        Assert.Equal("Cannot read second.", Assert.IsType<IOException>(failure.GetBaseException()).Message);
    }

    private async Task WriteBehindTheGrain(string line)
    {
        var storage = _silo.Services.GetRequiredKeyedService<IGrainStorage>("Default");
        var stored = new GrainState<Ledger>();
        var id = ((IAddressable)Grain).GetGrainId();
        await storage.ReadStateAsync("ledger", id, stored);
        stored.State = new Ledger { Lines = [line], Count = 1 };
        await storage.WriteStateAsync("ledger", id, stored);
    }
}
