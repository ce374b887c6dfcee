namespace OrleansStreaming.Chaos.Histories;

/// <summary>
/// Holds a run against what a log promises, after everything was read once more at the end (the rules are Jepsen's Kafka
/// checker's: lost-write, inconsistent-offsets, duplicate, nonmonotonic-send, nonmonotonic-poll, poll-skip, unseen).
/// </summary>
public static class HistoryChecker
{
    /// <param name="final">Every record read at the end, by partition, in the order read.</param>
    /// <returns>What is wrong, in words; empty when nothing is.</returns>
    public static IReadOnlyList<string> Check(History history, IReadOnlyDictionary<int, IReadOnlyList<(long Offset, string Value)>> final)
    {
        var wrong = new List<string>();
        var places = new Dictionary<string, (int Partition, long Offset)>();
        var values = new Dictionary<(int Partition, long Offset), string>();
        foreach (var (partition, records) in final)
        {
            var previous = -1L;
            foreach (var (offset, value) in records)
            {
                if (offset <= previous)
                {
                    wrong.Add($"final read of {partition} went from {previous} to {offset}");
                }

                previous = offset;
                values[(partition, offset)] = value;
                if (!places.TryAdd(value, (partition, offset)))
                {
                    wrong.Add($"duplicate: {value} lies at {places[value]} and at {(partition, offset)}");
                }
            }

            CheckOrder(partition, records, wrong);
        }

        CheckSends(history, places, wrong);
        CheckObservations(history, values, wrong);
        return wrong;
    }

    /// <summary>Each producer's records lie in the order in which it sent them.</summary>
    private static void CheckOrder(int partition, IReadOnlyList<(long Offset, string Value)> records, List<string> wrong)
    {
        var last = new Dictionary<string, long>();
        foreach (var (offset, value) in records)
        {
            var parts = value.Split(':');
            if (parts is not [var producer, var home, var number] || home != partition.ToString() || !long.TryParse(number, out var sequence))
            {
                wrong.Add($"strange record '{value}' in partition {partition} at {offset}");
                continue;
            }

            if (last.TryGetValue(producer, out var before) && sequence <= before)
            {
                wrong.Add($"reordered: producer {producer} sent {sequence} after {before}, partition {partition} at {offset}");
            }

            last[producer] = sequence;
        }
    }

    private static void CheckSends(History history, Dictionary<string, (int Partition, long Offset)> places, List<string> wrong)
    {
        foreach (var send in history.Sends.Where(send => send.Outcome == SendOutcome.Acknowledged))
        {
            if (!places.TryGetValue(send.Value, out var place))
            {
                wrong.Add($"lost: {send.Value}, acknowledged at {send.Offset} after {send.AnsweredAt:mm\\:ss\\.fff}");
            }
            else if (send.Offset >= 0 && place.Offset != send.Offset)
            {
                wrong.Add($"moved: {send.Value} was acknowledged at {send.Offset} and lies at {place.Offset}");
            }
        }
    }

    /// <summary>What was read during the run is still there, and each consumer read forward without holes.</summary>
    private static void CheckObservations(History history, Dictionary<(int Partition, long Offset), string> values, List<string> wrong)
    {
        foreach (var reads in history.Observations.GroupBy(read => (read.Consumer, read.Partition)))
        {
            var previous = -1L;
            foreach (var read in reads)
            {
                if (!values.TryGetValue((read.Partition, read.Offset), out var value) || value != read.Value)
                {
                    wrong.Add($"inconsistent: {read.Value} was read at {(read.Partition, read.Offset)}, where now is {value ?? "nothing"}");
                }

                if (previous >= 0 && read.Offset != previous + 1)
                {
                    wrong.Add($"consumer {read.Consumer} went from {previous} to {read.Offset} in partition {read.Partition}");
                }

                previous = read.Offset;
            }
        }
    }
}
