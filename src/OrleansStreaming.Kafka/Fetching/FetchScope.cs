namespace OrleansStreaming.Kafka.Fetching;

/// <summary>What one fetch is about, and what its answer means to a session (KIP-227). For one request.</summary>
internal abstract class FetchScope(IReadOnlyList<FetchTarget> targets)
{
    /// <summary>The partitions to look at, in the order in which they share the byte limit.</summary>
    public IReadOnlyList<FetchTarget> Targets { get; } = targets;

    /// <summary>
    /// Called once, with what the answer will tell. The session that the answer names, 0 for none; false when the session went
    /// on without this request, which then tells nothing but that.
    /// </summary>
    public abstract (int SessionId, bool IsCurrent) Settle(IReadOnlyList<FetchFinding> found);
}

/// <summary>A fetch that stands for itself.</summary>
internal sealed class SessionlessScope(IReadOnlyList<FetchTarget> targets) : FetchScope(targets)
{
    public override (int SessionId, bool IsCurrent) Settle(IReadOnlyList<FetchFinding> found) => (0, true);
}

/// <summary>A full fetch whose client would like a session.</summary>
internal sealed class OpeningScope(FetchSessions sessions, List<FetchTarget> targets, bool usesTopicIds) : FetchScope(targets)
{
    public override (int SessionId, bool IsCurrent) Settle(IReadOnlyList<FetchFinding> found)
    {
        foreach (var finding in found)
        {
            finding.Target.Tell(finding.Data);
        }

        return (sessions.Open(targets, usesTopicIds), true);
    }
}

/// <summary>A fetch of a session: of its partitions, those are answered that have something to tell.</summary>
internal sealed class ContinuingScope(FetchSession session, int nextEpoch, IReadOnlyList<FetchTarget> targets) : FetchScope(targets)
{
    public override (int SessionId, bool IsCurrent) Settle(IReadOnlyList<FetchFinding> found) => (session.Id, session.TrySettle(nextEpoch, found));
}
