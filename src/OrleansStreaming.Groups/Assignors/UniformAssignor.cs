namespace OrleansStreaming.Groups.Assignors;

/// <summary>
/// As even as subscriptions allow, and with as few moves as that takes: owners keep what they have up to their fair share.
/// <para>When all subscribe to the same topics, loads differ by one at most. Otherwise no partition can move to a subscriber of its
/// topic that has at least two less than its owner. Racks are not looked at.</para>
/// </summary>
internal sealed class UniformAssignor : IPartitionAssignor
{
    public PartitionSet[] Assign(AssignmentTask task)
    {
        if (task.Members.Length == 0)
        {
            return [];
        }

        var draft = new AssignmentDraft(task);
        if (task.IsHomogeneous)
        {
            AssignEvenly(task, draft);
        }
        else
        {
            AssignByTopic(task, draft);
        }

        return draft.ToAssignment();
    }

    private static void AssignEvenly(AssignmentTask task, AssignmentDraft draft)
    {
        var topics = task.Members[0].Topics;
        var total = topics.Sum(topic => task.Topics[topic].PartitionCount);
        var (share, larger) = Math.DivRem(total, task.Members.Length);

        // Some members may have one more: first those that have it already.
        draft.Keep(member =>
        {
            var load = draft.Loads[member];
            if (load < share)
            {
                return true;
            }

            if (load > share || larger == 0)
            {
                return false;
            }

            larger--;
            return true;
        });

        var next = 0;
        foreach (var topic in topics)
        {
            for (var partition = 0; partition < task.Topics[topic].PartitionCount; partition++)
            {
                if (draft.Owners(topic)[partition] != AssignmentDraft.Nobody)
                {
                    continue;
                }

                next = NextWithRoom(draft, next, share, ref larger);
                draft.Give(topic, partition, next);
            }
        }
    }

    /// <summary>Fills one member after the other to its share, then those with one more.</summary>
    private static int NextWithRoom(AssignmentDraft draft, int from, int share, ref int larger)
    {
        for (var member = from; member < draft.Loads.Length; member++)
        {
            if (draft.Loads[member] < share)
            {
                return member;
            }

            if (draft.Loads[member] == share && larger > 0)
            {
                larger--;
                return member;
            }
        }

        // What is left are shares of one more that members further back could have had.
        return from > 0 ? NextWithRoom(draft, 0, share, ref larger) : throw new InvalidOperationException("There are more partitions than shares.");
    }

    private static void AssignByTopic(AssignmentTask task, AssignmentDraft draft)
    {
        draft.Keep(static _ => true);
        var subscribers = task.Subscribers();

        // Topics with little choice first: their owners are then spared where there is more.
        var order = Enumerable.Range(0, task.Topics.Length).Where(topic => subscribers[topic].Length > 0).OrderBy(topic => subscribers[topic].Length).ToArray();
        foreach (var topic in order)
        {
            GiveToIdlest(draft, topic, subscribers[topic]);
        }

        // Each move makes loads more even, so that there is an end.
        for (var hasMoved = true; hasMoved;)
        {
            hasMoved = false;
            foreach (var topic in order)
            {
                hasMoved |= Level(draft, topic, subscribers[topic]);
            }
        }
    }

    private static void GiveToIdlest(AssignmentDraft draft, int topic, int[] subscribers)
    {
        var idlest = new PriorityQueue<int, (int Load, int Member)>(subscribers.Select(member => (member, (draft.Loads[member], member))));
        for (var partition = 0; partition < draft.Owners(topic).Length; partition++)
        {
            if (draft.Owners(topic)[partition] == AssignmentDraft.Nobody)
            {
                var member = idlest.Dequeue();
                draft.Give(topic, partition, member);
                idlest.Enqueue(member, (draft.Loads[member], member));
            }
        }
    }

    private static bool Level(AssignmentDraft draft, int topic, int[] subscribers)
    {
        var hasMoved = false;
        var idlest = new PriorityQueue<int, (int Load, int Member)>(subscribers.Select(member => (member, (draft.Loads[member], member))));
        for (var partition = 0; partition < draft.Owners(topic).Length; partition++)
        {
            var member = CurrentIdlest(idlest, draft);
            var owner = draft.Owners(topic)[partition];
            if (draft.Loads[owner] - draft.Loads[member] >= 2)
            {
                draft.Give(topic, partition, member);
                idlest.Enqueue(owner, (draft.Loads[owner], owner));
                idlest.Enqueue(member, (draft.Loads[member], member));
                hasMoved = true;
            }
        }

        return hasMoved;
    }

    /// <summary>Entries whose member has got another load since are passed over: a newer one is there.</summary>
    private static int CurrentIdlest(PriorityQueue<int, (int Load, int Member)> idlest, AssignmentDraft draft)
    {
        while (idlest.TryPeek(out var member, out var priority))
        {
            if (priority.Load == draft.Loads[member])
            {
                return member;
            }

            idlest.Dequeue();
        }

        throw new InvalidOperationException("A topic without subscribers is not levelled.");
    }
}
