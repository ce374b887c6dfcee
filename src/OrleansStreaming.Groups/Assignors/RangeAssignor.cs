namespace OrleansStreaming.Groups.Assignors;

/// <summary>
/// Topic by topic, a range of partitions to each subscriber in the order of names: topics of equal size and subscribers are
/// partitioned alike, which joins need. With many topics the first members have more to do.
/// </summary>
internal sealed class RangeAssignor : IPartitionAssignor
{
    public PartitionSet[] Assign(AssignmentTask task)
    {
        var draft = new AssignmentDraft(task);
        var subscribers = task.Subscribers();
        for (var topic = 0; topic < task.Topics.Length; topic++)
        {
            if (subscribers[topic].Length == 0)
            {
                continue;
            }

            var (share, larger) = Math.DivRem(task.Topics[topic].PartitionCount, subscribers[topic].Length);
            var partition = 0;
            foreach (var member in subscribers[topic])
            {
                for (var end = partition + share + (larger-- > 0 ? 1 : 0); partition < end; partition++)
                {
                    draft.Give(topic, partition, member);
                }
            }
        }

        return draft.ToAssignment();
    }
}
