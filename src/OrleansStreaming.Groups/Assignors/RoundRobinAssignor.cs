namespace OrleansStreaming.Groups.Assignors;

/// <summary>
/// All partitions of all topics in a row, dealt to the members in turn; who does not subscribe to the topic is passed over. A
/// member that comes or goes moves most partitions.
/// </summary>
internal sealed class RoundRobinAssignor : IPartitionAssignor
{
    public PartitionSet[] Assign(AssignmentTask task)
    {
        var draft = new AssignmentDraft(task);
        var subscribers = task.Subscribers();
        var next = 0;
        for (var topic = 0; topic < task.Topics.Length; topic++)
        {
            var eligible = subscribers[topic];
            for (var partition = 0; partition < task.Topics[topic].PartitionCount && eligible.Length > 0; partition++)
            {
                // The first subscriber at or after the one whose turn it is.
                var found = Array.BinarySearch(eligible, next);
                var member = eligible[(found >= 0 ? found : ~found) % eligible.Length];
                draft.Give(topic, partition, member);
                next = (member + 1) % task.Members.Length;
            }
        }

        return draft.ToAssignment();
    }
}
