using System.Globalization;

namespace OrleansStreaming.Groups.Tests.Support;

/// <summary>The seeds of random histories: those that a test names, or the range in <c>GROUP_SEEDS</c>, like "17" or "2001-50000".</summary>
internal static class Seeds
{
    public static IEnumerable<int> Or(int first, int last)
    {
        if (Environment.GetEnvironmentVariable("GROUP_SEEDS") is { Length: > 0 } text)
        {
            var ends = Array.ConvertAll(text.Split('-'), end => int.Parse(end, CultureInfo.InvariantCulture));
            (first, last) = (ends[0], ends[^1]);
        }

        return Enumerable.Range(first, last - first + 1);
    }
}
