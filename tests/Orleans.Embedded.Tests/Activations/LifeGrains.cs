using Orleans.Embedded.Tests.Silos;
using Orleans.Runtime;

namespace Orleans.Embedded.Tests.Activations;

/// <summary>Tells the gate named after its key with "-activated" and "-deactivated" about itself.</summary>
public interface ILifeGrain : IGrainWithStringKey
{
    Task<Guid> ActivationId();

    Task Deactivate();

    Task DeactivateAndBlock(string gate);

    Task Delay(TimeSpan time);

    Task<string> AfterTheEnd();
}

public interface IForgetfulGrain : IGrainWithStringKey
{
    Task<Guid> ActivationId();
}

public abstract class LifeBase : Grain
{
    protected Guid Id { get; } = Guid.NewGuid();

    private string Key => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Gate.Named(Key + "-activated").Announce();
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Gate.Named($"{Key}-{reason.ReasonCode}").Announce();
        return Task.CompletedTask;
    }
}

public sealed class LifeGrain : LifeBase, ILifeGrain
{
    public Task<Guid> ActivationId() => Task.FromResult(Id);

    public Task Deactivate()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task DeactivateAndBlock(string gate)
    {
        DeactivateOnIdle();
        return Gate.Named(gate).Pass();
    }

    public Task Delay(TimeSpan time)
    {
        DelayDeactivation(time);
        return Task.CompletedTask;
    }

    public async Task<string> AfterTheEnd()
    {
#pragma warning disable ORLEANS0014 // leaving the scheduler is the point
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
#pragma warning restore ORLEANS0014
        try
        {
            return GrainFactory.GetType().Name;
        }
        catch (InvalidOperationException)
        {
            return "refused";
        }
    }
}

[KeepAlive]
public sealed class KeptGrain : LifeBase, IForgetfulGrain
{
    public Task<Guid> ActivationId() => Task.FromResult(Id);
}

[CollectionAgeLimit(Minutes = 2)]
public sealed class BriefGrain : LifeBase, IForgetfulGrain
{
    public Task<Guid> ActivationId() => Task.FromResult(Id);
}

public interface IFailingGrain : IGrainWithStringKey
{
    Task<int> Attempts();
}

/// <summary>Fails to activate the first time, once it is let through the gate named after it.</summary>
public sealed class FailingGrain : Grain, IFailingGrain
{
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var gate = Gate.Named(this.GetPrimaryKeyString());
        await gate.Pass();
        if (gate.Arrived == 1)
        {
            throw new TimeZoneNotFoundException("The first activation fails.");
        }
    }

    public Task<int> Attempts() => Task.FromResult(Gate.Named(this.GetPrimaryKeyString()).Arrived);
}

public interface ICountingGrain : IGrainWithIntegerKey
{
    Task<int> Increment(bool thenDeactivate);

    Task<int> Count();
}

[GenerateSerializer]
public sealed class Counter
{
    [Id(0)]
    public int Value { get; set; }
}

public sealed class CountingGrain([PersistentState("counter")] IPersistentState<Counter> counter) : Grain, ICountingGrain
{
    public async Task<int> Increment(bool thenDeactivate)
    {
        var value = counter.State.Value;
        await Task.Yield();
        counter.State.Value = value + 1;
        await counter.WriteStateAsync();
        if (thenDeactivate)
        {
            DeactivateOnIdle();
        }

        return counter.State.Value;
    }

    public Task<int> Count() => Task.FromResult(counter.State.Value);
}
