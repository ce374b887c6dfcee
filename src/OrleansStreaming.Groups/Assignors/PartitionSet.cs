using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Assignors;

/// <summary>A set of partitions by topic id. Immutable; the arrays are sorted, and no topic is there without partitions.</summary>
internal sealed class PartitionSet : IEquatable<PartitionSet>
{
    public static readonly PartitionSet Empty = new([]);

    private readonly Dictionary<TopicId, int[]> _topics;

    private PartitionSet(Dictionary<TopicId, int[]> topics) => _topics = topics;

    public bool IsEmpty => _topics.Count == 0;

    public int Count => _topics.Values.Sum(static partitions => partitions.Length);

    /// <summary>By topic id, so that equal sets are written down equally.</summary>
    public IEnumerable<KeyValuePair<TopicId, int[]>> Topics => _topics.OrderBy(static topic => topic.Key.Value);

    public IEnumerable<TopicId> TopicIds => _topics.Keys;

    /// <summary>Any order, any doubles.</summary>
    public static PartitionSet Of(IEnumerable<KeyValuePair<TopicId, int[]>> topics)
    {
        var made = new Dictionary<TopicId, int[]>();
        foreach (var (topic, partitions) in topics)
        {
            var all = made.TryGetValue(topic, out var before) ? [.. before, .. partitions] : partitions;
            if (all.Length > 0)
            {
                made[topic] = Sorted(all);
            }
        }

        return made.Count == 0 ? Empty : new PartitionSet(made);
    }

    /// <summary>The sorted partitions of a topic; empty when there are none.</summary>
    public int[] Of(TopicId topic) => _topics.GetValueOrDefault(topic, []);

    public bool Contains(TopicId topic, int partition) => Array.BinarySearch(Of(topic), partition) >= 0;

    public bool IsSubsetOf(PartitionSet other) => Except(other).IsEmpty;

    public bool Overlaps(PartitionSet other) => _topics.Any(topic => Array.Exists(topic.Value, partition => other.Contains(topic.Key, partition)));

    public PartitionSet Intersect(PartitionSet other) => ReferenceEquals(this, other) ? this : Where(other.Contains);

    public PartitionSet Except(PartitionSet other) => IsEmpty || other.IsEmpty ? this : Where((topic, partition) => !other.Contains(topic, partition));

    public PartitionSet Union(PartitionSet other) => other.IsEmpty ? this : IsEmpty ? other : Of(_topics.Concat(other._topics));

    /// <summary>The partitions that pass; this set itself when all do.</summary>
    public PartitionSet Where(Func<TopicId, int, bool> passes)
    {
        var kept = new Dictionary<TopicId, int[]>(_topics.Count);
        var isWhole = true;
        foreach (var (topic, partitions) in _topics)
        {
            var passed = Array.TrueForAll(partitions, partition => passes(topic, partition))
                ? partitions
                : Array.FindAll(partitions, partition => passes(topic, partition));
            isWhole &= passed.Length == partitions.Length;
            if (passed.Length > 0)
            {
                kept.Add(topic, passed);
            }
        }

        return isWhole ? this : kept.Count == 0 ? Empty : new PartitionSet(kept);
    }

    public bool Equals(PartitionSet? other) =>
        ReferenceEquals(this, other)
        || (other is not null && _topics.Count == other._topics.Count && _topics.All(topic => other.Of(topic.Key).AsSpan().SequenceEqual(topic.Value)));

    public override bool Equals(object? obj) => Equals(obj as PartitionSet);

    public override int GetHashCode() => HashCode.Combine(_topics.Count, Count);

    public override string ToString() => string.Join(", ", Topics.Select(topic => $"{topic.Key}: {string.Join(' ', topic.Value)}"));

    private static int[] Sorted(int[] partitions)
    {
        for (var i = 1; i < partitions.Length; i++)
        {
            if (partitions[i] <= partitions[i - 1])
            {
                return [.. partitions.Distinct().Order()];
            }
        }

        return partitions;
    }
}
