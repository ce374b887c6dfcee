namespace OrleansStreaming.Chaos.Groups;

/// <summary>Holds what the consumers of a group did against what a group promises.</summary>
internal static class GroupHistoryChecker
{
    /// <param name="final">Every record of the topic, by partition.</param>
    /// <returns>What is wrong, in words; empty when nothing is.</returns>
    public static IReadOnlyList<string> Check(GroupHistory history, IReadOnlyDictionary<int, IReadOnlyList<(long Offset, string Value)>> final)
    {
        var wrong = new List<string>(history.Errors);
        var holds = history.Holds.ToLookup(hold => hold.Partition);
        var reads = history.Reads.ToLookup(read => read.Partition);
        var commits = history.Commits.ToLookup(commit => commit.Partition);
        var samples = history.Samples.ToLookup(sample => sample.Partition);
        foreach (var (partition, records) in final)
        {
            CheckOwners(partition, [.. holds[partition].OrderBy(hold => hold.From)], wrong);
            CheckSkips(partition, reads[partition].Select(read => read.Offset).ToHashSet(), records, wrong);
            var acknowledged = new RisingOffsets(commits[partition].Select(commit => (commit.AnsweredAt, commit.Offset)));
            var seen = new RisingOffsets(samples[partition].Select(sample => (sample.AnsweredAt, sample.Offset)));
            CheckCommits(partition, commits[partition], acknowledged, wrong);
            CheckSamples(partition, samples[partition], acknowledged, seen, wrong);
            CheckPositions(partition, holds[partition], reads[partition].ToLookup(read => read.Consumer), acknowledged, wrong);
        }

        return wrong;
    }

    private static void CheckOwners(int partition, Hold[] holds, List<string> wrong)
    {
        foreach (var (earlier, later) in holds.Zip(holds.Skip(1)))
        {
            if (earlier.Until > later.From && !earlier.IsLost)
            {
                wrong.Add($"two owners: partition {partition} went to consumer {later.Consumer} while consumer {earlier.Consumer} had it");
            }
        }
    }

    private static void CheckSkips(int partition, HashSet<long> read, IReadOnlyList<(long Offset, string Value)> records, List<string> wrong)
    {
        var skipped = records.Where(record => !read.Contains(record.Offset)).ToArray();
        if (skipped.Length > 0)
        {
            wrong.Add($"skipped: {skipped.Length} records of partition {partition}, the first at {skipped[0].Offset}, the last at {skipped[^1].Offset} of {records.Count}");
        }
    }

    private static void CheckCommits(int partition, IEnumerable<GroupCommit> commits, RisingOffsets acknowledged, List<string> wrong)
    {
        foreach (var commit in commits)
        {
            if (acknowledged.HighestBefore(commit.SentAt) is var before && commit.Offset < before)
            {
                wrong.Add($"backwards: consumer {commit.Consumer} committed {commit.Offset} of partition {partition} after {before} had been acknowledged");
            }
        }
    }

    private static void CheckSamples(int partition, IEnumerable<CommittedSample> samples, RisingOffsets acknowledged, RisingOffsets seen, List<string> wrong)
    {
        foreach (var sample in samples)
        {
            if (acknowledged.HighestBefore(sample.AskedAt) is var before && sample.Offset < before)
            {
                wrong.Add($"commit lost: partition {partition} was at {sample.Offset} after {before} had been acknowledged");
            }

            if (seen.HighestBefore(sample.AskedAt) is var last && sample.Offset < last)
            {
                wrong.Add($"backwards: the committed offset of partition {partition} was seen at {last} and then at {sample.Offset}");
            }
        }
    }

    /// <summary>An owner begins where its forerunner's last acknowledged commit says, or later, and reads on without holes.</summary>
    private static void CheckPositions(int partition, IEnumerable<Hold> holds, ILookup<int, GroupRead> reads, RisingOffsets acknowledged, List<string> wrong)
    {
        foreach (var hold in holds)
        {
            var previous = -1L;
            foreach (var read in reads[hold.Consumer].Where(read => read.At >= hold.From && read.At <= hold.Until))
            {
                if (previous < 0 && acknowledged.HighestBefore(hold.From) is var committed && read.Offset < committed)
                {
                    wrong.Add($"commit lost: consumer {hold.Consumer} began partition {partition} at {read.Offset}, but {committed} had been acknowledged");
                }

                if (previous >= 0 && read.Offset != previous + 1)
                {
                    wrong.Add($"consumer {hold.Consumer} went from {previous} to {read.Offset} in partition {partition}");
                }

                previous = read.Offset;
            }
        }
    }
}
