using System.Diagnostics.Metrics;
using OrleansStreaming.Contracts.Groups;

namespace OrleansStreaming.Groups.Diagnostics;

/// <summary>What the coordinators of this broker count, under the meter <c>OrleansStreaming.Groups</c>. Any thread.</summary>
internal sealed class GroupMetrics : IDisposable
{
    public const string Name = "OrleansStreaming.Groups";

    private readonly Meter _meter;
    private readonly UpDownCounter<long> _groups;
    private readonly Counter<long> _rebalances;
    private readonly Histogram<double> _commits;

    public GroupMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(Name);
        _groups = _meter.CreateUpDownCounter<long>("kafka.groups", "{group}", "Groups in use on this broker, by protocol and state.");
        _rebalances = _meter.CreateCounter<long>("kafka.group.rebalances", "{rebalance}", "Generations and group epochs that have begun.");
        _commits = _meter.CreateHistogram<double>("kafka.group.commit.duration", "s", "From a commit's arrival at its group to its records' being committed.");
    }

    public void Entered(GroupType type, GroupState state) => _groups.Add(1, Tags(type, state));

    public void Left(GroupType type, GroupState state) => _groups.Add(-1, Tags(type, state));

    public void Rebalanced(GroupType type, int times) => _rebalances.Add(times, new KeyValuePair<string, object?>("type", type.ToString()));

    public void Committed(TimeSpan duration) => _commits.Record(duration.TotalSeconds);

    public void Dispose() => _meter.Dispose();

    private static ReadOnlySpan<KeyValuePair<string, object?>> Tags(GroupType type, GroupState state) =>
        new KeyValuePair<string, object?>[] { new("type", type.ToString()), new("state", state.ToString()) };
}
