using System.Collections.Concurrent;
using System.Diagnostics;

namespace OrleansStreaming.Chaos.Histories;

/// <summary>Everything clients did and saw in one run. Any thread.</summary>
public sealed class History
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly ConcurrentQueue<Send> _sends = new();
    private readonly ConcurrentQueue<Observation> _observations = new();
    private readonly ConcurrentQueue<string> _errors = new();

    public TimeSpan Now => _clock.Elapsed;

    public IReadOnlyCollection<Send> Sends => _sends;

    /// <summary>What consumers read while the run went on.</summary>
    public IReadOnlyCollection<Observation> Observations => _observations;

    /// <summary>Errors that a stock client does not get over by itself.</summary>
    public IReadOnlyCollection<string> FatalErrors => _errors;

    public int Acknowledged => _sends.Count(send => send.Outcome == SendOutcome.Acknowledged);

    public void Add(Send send) => _sends.Enqueue(send);

    public void Observe(Observation observation) => _observations.Enqueue(observation);

    public void Fatal(string error) => _errors.Enqueue($"{Now:mm\\:ss\\.fff} {error}");
}

/// <summary>A consumer read this value there.</summary>
public readonly record struct Observation(int Consumer, int Partition, long Offset, string Value);
