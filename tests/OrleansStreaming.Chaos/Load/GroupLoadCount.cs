using System.Collections.Concurrent;

namespace OrleansStreaming.Chaos.Load;

/// <summary>What the members of a load met. Any thread.</summary>
internal sealed class GroupLoadCount
{
    private readonly ConcurrentDictionary<string, int> _failures = [];
    private ConcurrentQueue<TimeSpan> _latencies = new();
    private int _members;

    /// <summary>How many are in their group now.</summary>
    public int Members => Volatile.Read(ref _members);

    public IReadOnlyDictionary<string, int> Failures => _failures;

    /// <summary>Of all commits since it was last asked for, in order of length.</summary>
    public TimeSpan[] TakeLatencies() => [.. Interlocked.Exchange(ref _latencies, new ConcurrentQueue<TimeSpan>()).Order()];

    public void Joined() => Interlocked.Increment(ref _members);

    public void Left() => Interlocked.Decrement(ref _members);

    public void Committed(TimeSpan latency) => _latencies.Enqueue(latency);

    public void Failed(string error) => _failures.AddOrUpdate(error, 1, static (_, count) => count + 1);
}
