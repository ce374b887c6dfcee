using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Coordinators;

/// <summary>One leadership of a partition of the offsets topic, from its loading to its end.</summary>
internal sealed class CoordinatorTerm(LeaderEpoch epoch, StoredGroups groups, OffsetsLogWriter writer, ReplicaProgress progress) : IDisposable
{
    private readonly CancellationTokenSource _end = new();

    public LeaderEpoch Epoch { get; } = epoch;

    public StoredGroups Groups { get; } = groups;

    public OffsetsLogWriter Writer { get; } = writer;

    /// <summary>Groups that have a grain which may write under this epoch.</summary>
    public HashSet<string> Opened { get; } = new(StringComparer.Ordinal);

    public CancellationToken End => _end.Token;

    public bool IsLost => Writer.IsLost || !progress.IsLeading;

    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
        progress.Dispose();
        Writer.Lose();
    }
}
