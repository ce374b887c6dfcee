namespace OrleansStreaming.Replication.Links;

/// <summary>How much a link sends at a time.</summary>
internal sealed record LinkOptions
{
    /// <summary>What a part costs beside its records, so that a message has a bounded number of parts.</summary>
    public const int PartOverheadBytes = 128;

    /// <summary>Bytes of a message, more only for one batch that is larger.</summary>
    public int MessageBytes { get; init; } = 1024 * 1024;

    /// <summary><c>replica.fetch.max.bytes</c>: bytes a partition gets in one message, more only for one batch that is larger.</summary>
    public int PartBytes { get; init; } = 1024 * 1024;

    /// <summary>The share of a message that followers which catch up get beside live ones; alone they get all of it.</summary>
    public int CatchUpBytes { get; init; } = 256 * 1024;

    /// <summary>What high watermarks alone may add to a message.</summary>
    public int RiderBytes { get; init; } = 16 * 1024;

    /// <summary>Enough to keep both ends busy; more would only make smaller messages.</summary>
    public int MaxUnderWay { get; init; } = 3;

    /// <summary>A call without an answer for so long is given up; a dead peer is noticed long before.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}
