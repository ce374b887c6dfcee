using OrleansStreaming.Contracts.Groups;

namespace OrleansStreaming.Groups.Diagnostics;

/// <summary>Keeps one group counted under the state that it is in. Used in the turns of one grain.</summary>
internal sealed class GroupGauge(GroupMetrics metrics)
{
    private (GroupType Type, GroupState State)? _counted;
    private int _epoch;

    /// <param name="epoch">The generation or group epoch; its first value is where counting begins.</param>
    public void Update(GroupType type, GroupState state, int epoch)
    {
        if (_counted is not null && epoch > _epoch)
        {
            metrics.Rebalanced(type, epoch - _epoch);
        }

        _epoch = epoch;
        if (_counted == (type, state))
        {
            return;
        }

        Leave();
        _counted = (type, state);
        metrics.Entered(type, state);
    }

    public void Leave()
    {
        if (_counted is var (type, state))
        {
            metrics.Left(type, state);
            _counted = null;
        }
    }
}
