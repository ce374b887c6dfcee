namespace OrleansStreaming.Chaos.Groups;

/// <summary>Answers that named an offset, and the highest of all those given until a moment.</summary>
internal sealed class RisingOffsets
{
    private readonly long[] _times;
    private readonly long[] _highest;

    public RisingOffsets(IEnumerable<(long At, long Offset)> answers)
    {
        var sorted = answers.OrderBy(answer => answer.At).ToArray();
        _times = [.. sorted.Select(answer => answer.At)];
        _highest = [.. sorted.Select(answer => answer.Offset)];
        for (var i = 1; i < _highest.Length; i++)
        {
            _highest[i] = Math.Max(_highest[i], _highest[i - 1]);
        }
    }

    /// <summary>-1 when there was none.</summary>
    public long HighestBefore(long moment)
    {
        var place = Array.BinarySearch(_times, moment);
        place = place >= 0 ? place - 1 : ~place - 1;
        return place < 0 ? -1 : _highest[place];
    }
}
