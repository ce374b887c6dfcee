namespace OrleansStreaming.Groups.Assignors;

/// <summary>
/// Spreads partitions over members: a pure function of its task. It says only who is to have what in the end; that nothing has
/// two owners on the way there is the coordinator's part, which makes every assignor here a cooperative one.
/// </summary>
internal interface IPartitionAssignor
{
    /// <summary>The assignment by member index. Every partition with a subscriber is in exactly one of them.</summary>
    PartitionSet[] Assign(AssignmentTask task);
}
