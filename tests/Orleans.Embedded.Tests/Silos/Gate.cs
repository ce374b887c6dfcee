using System.Collections.Concurrent;

namespace Orleans.Embedded.Tests.Silos;

/// <summary>Where a grain and its test meet: the grain says that it is there and waits to be let go. Found by name.</summary>
public sealed class Gate
{
    private static readonly ConcurrentDictionary<string, Gate> _all = new();

    private readonly SemaphoreSlim _arrivals = new(0);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _arrived;

    public int Arrived => Volatile.Read(ref _arrived);

    public static Gate Named(string name) => _all.GetOrAdd(name, _ => new Gate());

    public static string NewName() => Guid.NewGuid().ToString("N");

    /// <summary>For the grain: announces itself and waits.</summary>
    public Task Pass()
    {
        Announce();
        return _open.Task;
    }

    /// <summary>For the grain: announces itself and goes on.</summary>
    public void Announce()
    {
        Interlocked.Increment(ref _arrived);
        _arrivals.Release();
    }

    /// <summary>For the test: waits until one more is there.</summary>
    public async Task Arrival() =>
        Assert.True(await _arrivals.WaitAsync(TimeSpan.FromSeconds(60)), "Nobody came to the gate.");

    public void Open() => _open.TrySetResult();
}
