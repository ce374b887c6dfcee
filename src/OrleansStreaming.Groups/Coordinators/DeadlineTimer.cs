using Orleans.Runtime;
using OrleansStreaming.Groups.Machine;

namespace OrleansStreaming.Groups.Coordinators;

/// <summary>
/// A grain's timer for a deadline that mostly moves back, as with each heartbeat: then it is left alone, and fires once for
/// nothing. Used in the turns of the grain.
/// </summary>
internal sealed class DeadlineTimer(IGrainTimer timer)
{
    private static readonly TimeSpan _longestWait = TimeSpan.FromHours(1);

    private long _armedFor = long.MaxValue;

    /// <summary>The tick has come; arm it again after what is due has been done.</summary>
    public void Fired() => _armedFor = long.MaxValue;

    public void Arm(long deadline, Moment now)
    {
        if (deadline < _armedFor)
        {
            _armedFor = deadline;
            var due = Math.Clamp(deadline - now.ElapsedMs, 0, (long)_longestWait.TotalMilliseconds);
            timer.Change(TimeSpan.FromMilliseconds(due), Timeout.InfiniteTimeSpan);
        }
    }
}
