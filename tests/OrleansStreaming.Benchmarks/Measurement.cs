using System.Diagnostics;
using System.Globalization;

namespace OrleansStreaming.Benchmarks;

/// <summary>Timing and printing, the same for all benchmarks.</summary>
internal static class Measurement
{
    public const double MiB = 1024 * 1024;

    public static double Seconds(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>One line: what, how much, and whether it is enough.</summary>
    /// <returns>Whether the goal is reached.</returns>
    public static bool Report(string what, double value, string unit, double goal, bool atLeast = true)
    {
        var reached = atLeast ? value >= goal : value <= goal;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  {what,-46} {value,12:#,0.00} {unit,-8} goal {(atLeast ? "≥" : "≤")} {goal,10:#,0.##}  {(reached ? "reached" : "MISSED")}"));
        return reached;
    }

    /// <summary>One line without a goal.</summary>
    public static void Note(string what, double value, string unit) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what,-46} {value,12:#,0.00} {unit}"));
}
