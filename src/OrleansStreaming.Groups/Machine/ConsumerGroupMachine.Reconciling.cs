using OrleansStreaming.Groups.Assignors;
using OrleansStreaming.Groups.Schemas;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Machine;

internal sealed partial class ConsumerGroupMachine
{
    // Who may still be working on a partition: whoever has it assigned or has not yet said that it has given it up.
    private readonly Dictionary<(TopicId Topic, int Partition), string> _holders = [];

    /// <summary>Moves a member towards its target as far as others allow.</summary>
    /// <param name="owned">What the member says that it owns; null when it does not say.</param>
    private void Reconcile(ConsumerMember member, PartitionSet? owned)
    {
        var current = member.Current;
        switch (current.State)
        {
            case ConsumerMemberState.Stable when current.Epoch == _targetEpoch:
                break;
            case ConsumerMemberState.UnrevokedPartitions:
                if (owned is not null && !owned.Overlaps(current.Revoking))
                {
                    // The higher epoch tells the client that its revocation has arrived.
                    Advance(member, current.Epoch + 1, owned);
                }

                break;
            default:
                Advance(member, current.Epoch, owned);
                break;
        }
    }

    private void Advance(ConsumerMember member, int epoch, PartitionSet? owned)
    {
        var target = TargetOf(member.Id);
        var kept = member.Assigned.Intersect(target);
        var revoked = member.Assigned.Except(kept);
        if (!revoked.IsEmpty && (owned is null || owned.Overlaps(revoked)))
        {
            Move(member, epoch, ConsumerMemberState.UnrevokedPartitions, kept, revoked);
            return;
        }

        var missing = target.Except(kept);
        var free = missing.Where((topic, partition) => !_holders.TryGetValue((topic, partition), out var holder) || holder == member.Id);
        var state = free.Equals(missing) ? ConsumerMemberState.Stable : ConsumerMemberState.UnreleasedPartitions;
        Move(member, _targetEpoch, state, kept.Union(free), PartitionSet.Empty);
    }

    private void Move(ConsumerMember member, int epoch, ConsumerMemberState state, PartitionSet assigned, PartitionSet revoking)
    {
        var before = member.Current;
        if (before.Epoch == epoch && before.State == state && before.Assigned.Equals(assigned) && before.Revoking.Equals(revoking))
        {
            return;
        }

        var previous = epoch == before.Epoch ? before.PreviousEpoch : before.Epoch;
        Hold(member, new CurrentAssignmentRecord(epoch, previous, state, assigned, revoking));
        Changed(ConsumerRecordKind.CurrentAssignment, member.Id);

        // Members of the classic protocol are bound by the times to join and to sync instead.
        member.RevocationDeadline = state is ConsumerMemberState.UnrevokedPartitions && !member.IsClassic ? RevocationDeadlineOf(member) : Never;
    }

    private void Hold(ConsumerMember member, CurrentAssignmentRecord current)
    {
        var held = current.Assigned.Union(current.Revoking);
        foreach (var (topic, partitions) in member.Assigned.Union(member.Current.Revoking).Except(held).Topics)
        {
            foreach (var partition in partitions)
            {
                if (_holders.TryGetValue((topic, partition), out var holder) && holder == member.Id)
                {
                    _holders.Remove((topic, partition));
                }
            }
        }

        foreach (var (topic, partitions) in held.Topics)
        {
            foreach (var partition in partitions)
            {
                _holders[(topic, partition)] = member.Id;
            }
        }

        member.Current = current;
    }

    /// <summary>Whether some of what the member waits for has become free, or nothing is left to wait for.</summary>
    private bool CanGoOn(ConsumerMember member) => TargetOf(member.Id).Except(member.Assigned).Topics.All(topic =>
        Array.TrueForAll(topic.Value, partition => !_holders.TryGetValue((topic.Key, partition), out var holder) || holder == member.Id));
}
