using Orleans.Runtime;

namespace Orleans.Embedded.Membership;

/// <summary>
/// Counts for how long silos have not given a sign of life. Time in which nobody looked counts little: who slept itself must not
/// take others for silent. One caller at a time.
/// </summary>
/// <param name="timeout">Silent for longer than this is as good as dead.</param>
/// <param name="longestStep">The most that one look adds.</param>
internal sealed class SilenceWatch(TimeProvider time, TimeSpan timeout, TimeSpan longestStep)
{
    private readonly Dictionary<SiloAddress, (long Beat, TimeSpan Silence)> _silos = [];
    private long _lastLook = time.GetTimestamp();
    private TimeSpan _step;

    /// <summary>Before a round of looks.</summary>
    public void BeginRound()
    {
        var now = time.GetTimestamp();
        var passed = time.GetElapsedTime(_lastLook, now);
        _step = passed < longestStep ? passed : longestStep;
        _lastLook = now;
    }

    /// <summary>True when the silo has given a sign of life since the last look.</summary>
    public bool HasBeaten(SiloAddress silo, long beat)
    {
        var isSame = _silos.TryGetValue(silo, out var last) && last.Beat == beat;
        _silos[silo] = (beat, isSame ? last.Silence + _step : TimeSpan.Zero);
        return !isSame;
    }

    public bool IsSilent(SiloAddress silo) => _silos.TryGetValue(silo, out var last) && last.Silence > timeout;

    public void Forget(SiloAddress silo) => _silos.Remove(silo);
}
