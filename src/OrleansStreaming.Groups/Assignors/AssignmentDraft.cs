using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Assignors;

/// <summary>Owners by partition while an assignment is being made.</summary>
internal sealed class AssignmentDraft
{
    public const int Nobody = -1;

    private readonly AssignmentTask _task;
    private readonly int[][] _owners;

    public AssignmentDraft(AssignmentTask task)
    {
        _task = task;
        Loads = new int[task.Members.Length];
        _owners = Array.ConvertAll(task.Topics, static topic =>
        {
            var owners = new int[topic.PartitionCount];
            Array.Fill(owners, Nobody);
            return owners;
        });
    }

    /// <summary>Partitions by member.</summary>
    public int[] Loads { get; }

    public ReadOnlySpan<int> Owners(int topic) => _owners[topic];

    public void Give(int topic, int partition, int member)
    {
        ref var owner = ref _owners[topic][partition];
        if (owner != Nobody)
        {
            Loads[owner]--;
        }

        owner = member;
        Loads[member]++;
    }

    /// <summary>Leaves partitions with those that have them, as long as they subscribe to the topic and <paramref name="mayKeep"/> agrees.</summary>
    public void Keep(Func<int, bool> mayKeep)
    {
        var indexes = new Dictionary<TopicId, int>(_task.Topics.Length);
        for (var topic = 0; topic < _task.Topics.Length; topic++)
        {
            indexes[_task.Topics[topic].Id] = topic;
        }

        for (var member = 0; member < _task.Members.Length; member++)
        {
            foreach (var (id, partitions) in _task.Members[member].Owned.Topics)
            {
                if (indexes.TryGetValue(id, out var topic) && Array.BinarySearch(_task.Members[member].Topics, topic) >= 0)
                {
                    Keep(member, topic, partitions, mayKeep);
                }
            }
        }
    }

    public PartitionSet[] ToAssignment()
    {
        var result = Array.ConvertAll(_task.Members, static _ => new List<KeyValuePair<TopicId, int[]>>());
        for (var topic = 0; topic < _owners.Length; topic++)
        {
            var shares = new Dictionary<int, List<int>>();
            for (var partition = 0; partition < _owners[topic].Length; partition++)
            {
                if (_owners[topic][partition] is not Nobody and var owner)
                {
                    if (!shares.TryGetValue(owner, out var share))
                    {
                        shares.Add(owner, share = []);
                    }

                    share.Add(partition);
                }
            }

            foreach (var (member, share) in shares)
            {
                result[member].Add(new KeyValuePair<TopicId, int[]>(_task.Topics[topic].Id, [.. share]));
            }
        }

        return Array.ConvertAll(result, PartitionSet.Of);
    }

    private void Keep(int member, int topic, int[] partitions, Func<int, bool> mayKeep)
    {
        foreach (var partition in partitions)
        {
            if (partition < _owners[topic].Length && _owners[topic][partition] == Nobody && mayKeep(member))
            {
                Give(topic, partition, member);
            }
        }
    }
}
