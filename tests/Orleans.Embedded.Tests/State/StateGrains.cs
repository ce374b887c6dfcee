using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.Embedded.Tests.State;

[GenerateSerializer]
public sealed class Ledger
{
    [Id(0)]
    public List<string> Lines { get; set; } = [];

    [Id(1)]
    public int Count { get; set; }
}

public interface IStateGrain : IGrainWithStringKey
{
    Task<Guid> ActivationId();

    Task Write(params string[] lines);

    /// <summary>Changes the value without writing it.</summary>
    Task Scribble(string line);

    Task<List<string>> Read();

    Task<(string? ETag, bool Exists)> Version();

    Task Clear();

    Task Reload();

    Task Deactivate();

    /// <summary>Lets another grain write.</summary>
    Task WriteThrough(string other, string line);
}

public sealed class StateGrain([PersistentState("ledger")] IPersistentState<Ledger> ledger) : Grain, IStateGrain
{
    private readonly Guid _id = Guid.NewGuid();

    public Task<Guid> ActivationId() => Task.FromResult(_id);

    public Task Write(params string[] lines)
    {
        ledger.State.Lines = [.. lines];
        ledger.State.Count = lines.Length;
        return ledger.WriteStateAsync();
    }

    public Task Scribble(string line)
    {
        ledger.State.Lines.Add(line);
        return Task.CompletedTask;
    }

    public Task<List<string>> Read() => Task.FromResult(ledger.State.Lines);

    public Task<(string? ETag, bool Exists)> Version() => Task.FromResult((ledger.Etag, ledger.RecordExists));

    public Task Clear() => ledger.ClearStateAsync();

    public Task WriteThrough(string other, string line) => GrainFactory.GetGrain<IStateGrain>(other).Write(line);

    public Task Reload() => ledger.ReadStateAsync();

    public Task Deactivate()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}

public interface ITwoStatesGrain : IGrainWithStringKey
{
    Task Write(int first, int second);

    Task<(int First, int Second)> Read();

    Task Deactivate();
}

[GenerateSerializer]
public struct Number
{
    [Id(0)]
    public int Value { get; set; }
}

public sealed class TwoStatesGrain(
    [PersistentState("first")] IPersistentState<Number> first,
    [PersistentState("second", "other")] IPersistentState<Number> second) : Grain, ITwoStatesGrain
{
    public async Task Write(int a, int b)
    {
        first.State = new Number { Value = a };
        second.State = new Number { Value = b };
        await Task.WhenAll(first.WriteStateAsync(), second.WriteStateAsync());
    }

    public Task<(int First, int Second)> Read() => Task.FromResult((first.State.Value, second.State.Value));

    public Task Deactivate()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}

/// <summary>Storage that a test can make fail. Keeps nothing.</summary>
public sealed class FailingStorage : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        throw new IOException($"Cannot read {stateName}.");

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => Task.CompletedTask;
}
