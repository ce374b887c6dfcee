namespace OrleansStreaming.Chaos.Scenarios;

/// <summary>What a run showed.</summary>
/// <param name="Wrong">Broken promises; empty in a good run.</param>
/// <param name="FatalErrors">Errors that a stock client did not get over by itself.</param>
/// <param name="Recoveries">For each killed leader's partition: from the kill to the first acknowledgement of a record sent after it.</param>
public sealed record ChaosResult(
    IReadOnlyList<string> Wrong, IReadOnlyList<string> FatalErrors, IReadOnlyList<TimeSpan> Recoveries, int Sent, int Acknowledged, int Faults)
{
    /// <summary>The recoveries' distribution in a line; empty without any.</summary>
    public string RecoveryLine()
    {
        if (Recoveries.Count == 0)
        {
            return "";
        }

        var sorted = Recoveries.Order().ToArray();
        return $"from kill to next acknowledgement: {sorted.Length} partitions, median {At(0.5):0} ms, p90 {At(0.9):0} ms, worst {sorted[^1].TotalMilliseconds:0} ms";

        double At(double share) => sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))].TotalMilliseconds;
    }
}
