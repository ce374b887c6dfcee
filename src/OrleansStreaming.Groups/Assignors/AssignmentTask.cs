using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Assignors;

/// <summary>What an assignor has to go by.</summary>
/// <param name="Topics">All that anybody subscribes to, in an order that does not change from one assignment to the next.</param>
/// <param name="Members">Sorted by <see cref="AssignedMember.Name"/>.</param>
internal sealed record AssignmentTask(AssignedTopic[] Topics, AssignedMember[] Members)
{
    /// <summary>Whether all members subscribe to the same topics.</summary>
    public bool IsHomogeneous => Members.Length == 0 || Array.TrueForAll(Members, member => member.Topics.AsSpan().SequenceEqual(Members[0].Topics));

    /// <summary>By topic index: the indexes of the members that subscribe to it, ascending.</summary>
    public int[][] Subscribers()
    {
        var subscribers = Array.ConvertAll(Topics, static _ => new List<int>());
        for (var member = 0; member < Members.Length; member++)
        {
            foreach (var topic in Members[member].Topics)
            {
                subscribers[topic].Add(member);
            }
        }

        return Array.ConvertAll(subscribers, static list => list.ToArray());
    }
}

internal readonly record struct AssignedTopic(TopicId Id, int PartitionCount);

/// <summary>A member in the eyes of an assignor.</summary>
/// <param name="Name">The instance id of a static member, which outlives its member ids; else the member id.</param>
/// <param name="Topics">Indexes into <see cref="AssignmentTask.Topics"/>, ascending.</param>
/// <param name="Owned">Its part of the assignment before.</param>
internal sealed record AssignedMember(string Name, int[] Topics, PartitionSet Owned);
