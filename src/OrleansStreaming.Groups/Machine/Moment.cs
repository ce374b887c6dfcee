namespace OrleansStreaming.Groups.Machine;

/// <summary>A point in time, on the two clocks that matter: deadlines must not follow a wall clock that jumps.</summary>
/// <param name="ElapsedMs">Steady milliseconds from any start.</param>
/// <param name="UnixMs">Milliseconds since 1970, for what is written down.</param>
public readonly record struct Moment(long ElapsedMs, long UnixMs);
