namespace OrleansStreaming.Chaos.Histories;

/// <summary>What became of a record that a producer sent.</summary>
public enum SendOutcome
{
    /// <summary>No answer yet, or an answer that leaves open whether it is there.</summary>
    Unknown,
    Acknowledged,
}

/// <summary>One record that a producer sent, and its answer. Sequences rise by one per producer and partition.</summary>
public sealed class Send(int producer, int partition, long sequence, TimeSpan at)
{
    public int Producer => producer;

    public int Partition => partition;

    public long Sequence => sequence;

    /// <summary>Since the run began.</summary>
    public TimeSpan SentAt => at;

    public TimeSpan AnsweredAt { get; private set; }

    public SendOutcome Outcome { get; private set; }

    /// <summary>Where the broker says it lies; -1 before it is acknowledged.</summary>
    public long Offset { get; private set; } = -1;

    /// <summary>The producer's error, when there was one.</summary>
    public string? Error { get; private set; }

    /// <summary>Unique in a run: names the record wherever it is read.</summary>
    public string Value => $"{producer}:{partition}:{sequence}";

    public void Acknowledge(long offset, TimeSpan now) => (Outcome, Offset, AnsweredAt) = (SendOutcome.Acknowledged, offset, now);

    public void Fail(string error, TimeSpan now) => (Error, AnsweredAt) = (error, now);
}
