using Orleans.Concurrency;
using Orleans.Embedded.Tests.Silos;
using Orleans.Runtime;

namespace Orleans.Embedded.Tests.Calls;

public sealed class TestFailureException(string message) : Exception(message);

public interface ICallGrain : IGrainWithStringKey
{
    Task Throw(string message);

    Task<int> ThrowAfterAwait(string message);

    ValueTask<int> ValueTaskResult(int value);

    ValueTask ValueTaskThrows(string message);

    Task<string?> Null();

    Task<T> Generic<T>(T value);

    [OneWay]
    Task OneWay(string gate);

    [OneWay]
    Task OneWayThrows(string gate);

    Task Block(string gate);

    [ResponseTimeout("00:00:00.100")]
    Task BlockBriefly(string gate);

    Task<bool> BlockUntilCancelled(string gate, CancellationToken cancellationToken);

    Task<bool> Cancellable(CancellationToken cancellationToken);

    [AlwaysInterleave]
    Task<int> CancellationsSeen();

    Task<object?> FromContext(string key);

    Task<object?> FromContextOf(string other, string key);

    Task SetContext(string key, string value);

    Task<string> Concat(string a, int b, long? c, DayOfWeek day);
}

public sealed class CallGrain : Grain, ICallGrain
{
    private int _cancellations;

    public Task Throw(string message) => throw new TestFailureException(message);

    public async Task<int> ThrowAfterAwait(string message)
    {
        await Task.Yield();
        throw new TestFailureException(message);
    }

    public ValueTask<int> ValueTaskResult(int value) => ValueTask.FromResult(value);

    public async ValueTask ValueTaskThrows(string message)
    {
        await Task.Yield();
        throw new TestFailureException(message);
    }

    public Task<string?> Null() => Task.FromResult<string?>(null);

    public Task<T> Generic<T>(T value) => Task.FromResult(value);

    public Task OneWay(string gate) => Gate.Named(gate).Pass();

    public Task OneWayThrows(string gate)
    {
        Gate.Named(gate).Announce();
        throw new TestFailureException("Nobody hears this.");
    }

    public Task Block(string gate) => Gate.Named(gate).Pass();

    public Task BlockBriefly(string gate) => Gate.Named(gate).Pass();

    public async Task<bool> BlockUntilCancelled(string gate, CancellationToken cancellationToken)
    {
        var scheduler = TaskScheduler.Current;
        var cancelled = new TaskCompletionSource<bool>();
        await using var registration = cancellationToken.Register(() =>
        {
            _cancellations++;
            cancelled.SetResult(TaskScheduler.Current == scheduler);
        });
        Gate.Named(gate).Announce();
        var isInTurn = await cancelled.Task;
        Gate.Named(gate + "-end").Announce();
        return isInTurn;
    }

    public Task<bool> Cancellable(CancellationToken cancellationToken) => Task.FromResult(cancellationToken.IsCancellationRequested);

    public Task<int> CancellationsSeen() => Task.FromResult(_cancellations);

    public Task<object?> FromContext(string key) => Task.FromResult(RequestContext.Get(key));

    public Task<object?> FromContextOf(string other, string key) => GrainFactory.GetGrain<ICallGrain>(other).FromContext(key);

    public Task SetContext(string key, string value)
    {
        RequestContext.Set(key, value);
        return Task.CompletedTask;
    }

    public Task<string> Concat(string a, int b, long? c, DayOfWeek day) => Task.FromResult($"{a}{b}{c}{day}");
}
