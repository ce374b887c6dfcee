using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Assignors;
using OrleansStreaming.Groups.Schemas;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Machine;

/// <summary>
/// Members of the classic protocol in a consumer group: a join is their heartbeat, their epoch is their generation, and REBALANCE_IN_PROGRESS
/// has them join again when there is something to give up or to get. None of them is a leader.
/// </summary>
internal sealed partial class ConsumerGroupMachine
{
    public void Join(JoinGroupCommand command, Moment now, Action<JoinGroupResult> answer)
    {
        _now = now;
        var subscription = command.Protocols.Length == 0 ? null : ConsumerSubscription.Read(command.Protocols[0].Metadata);
        if (subscription is null || command.ProtocolType != ConsumerSubscription.ProtocolType || !HasCommonProtocol(command) || IsKeyBased)
        {
            answer(new JoinGroupResult { MemberId = command.MemberId, Error = ErrorCode.InconsistentGroupProtocol });
            return;
        }

        var id = command.MemberId.Length > 0 ? command.MemberId : $"{command.InstanceId ?? command.ClientId}-{newId():D}";
        if (command is { MemberId: "", InstanceId: null, RequiresKnownMemberId: true })
        {
            answer(new JoinGroupResult { MemberId = id, Error = ErrorCode.MemberIdRequired });
            return;
        }

        if (FindJoining(command, id, subscription, out var error) is not { } member)
        {
            answer(new JoinGroupResult { MemberId = command.MemberId, Error = error });
            return;
        }

        AssignIfDue(Update(member, command, subscription));
        Reconcile(member, SetOf(subscription.Owned));
        KeepAlive(member);
        member.JoinDeadline = Never;
        member.SyncDeadline = _now.ElapsedMs + command.RebalanceTimeoutMs;
        var result = new JoinGroupResult
        {
            Generation = member.Epoch,
            ProtocolType = ConsumerSubscription.ProtocolType,
            Protocol = command.Protocols[0].Name,
            MemberId = member.Id,
        };
        if (_members.Values.All(static other => other.IsClassic) && log.TryDowngrade(leaving: null))
        {
            // A static member came back with the classic protocol, and was the last of the other: the classic group has it now, and asks
            // it to join again when it comes for its assignment.
            answer(result);
            return;
        }

        WhenWritten(written => answer(written is ErrorCode.None ? result : new JoinGroupResult { MemberId = command.MemberId, Error = written }));
        Flush();
    }

    public void Sync(SyncGroupCommand command, Moment now, Action<SyncGroupResult> answer)
    {
        _now = now;
        if (CheckSync(command, out var member) is var error and not ErrorCode.None)
        {
            answer(new SyncGroupResult { Error = error });
            return;
        }

        member!.SyncDeadline = Never;
        KeepAlive(member);
        var protocol = member.Said.Classic!.Protocols[0];
        var result = new SyncGroupResult
        {
            ProtocolType = ConsumerSubscription.ProtocolType,
            Protocol = protocol.Name,
            Assignment = AssignmentBytes(member),
        };
        WhenWritten(written => answer(written is ErrorCode.None ? result : new SyncGroupResult { Error = written }));
    }

    /// <summary>REBALANCE_IN_PROGRESS: join again.</summary>
    public ErrorCode Heartbeat(HeartbeatCommand command, Moment now)
    {
        _now = now;
        if (CheckClassic(command.MemberId, command.InstanceId, command.Generation, out var member) is var error and not ErrorCode.None)
        {
            return error;
        }

        KeepAlive(member!);
        AssignIfDue(hasChanged: false);
        Flush();
        return MustJoinAgain(member!) ? AskToJoin(member!) : ErrorCode.None;
    }

    /// <summary>Classic members leave; one error each, in their order.</summary>
    public ErrorCode[] Leave(IReadOnlyList<LeavingMember> leaving, Moment now)
    {
        _now = now;
        var errors = new ErrorCode[leaving.Count];
        for (var i = 0; i < errors.Length; i++)
        {
            var id = leaving[i] is { MemberId: "", InstanceId: { } instance } ? _staticMembers.GetValueOrDefault(instance, "") : leaving[i].MemberId;
            errors[i] = CheckClassic(id, leaving[i].InstanceId, out var member);
            if (errors[i] is ErrorCode.None)
            {
                Remove(member!);
                RefreshTopics();
                BumpGroupEpoch();
            }
        }

        Flush();
        return errors;
    }

    /// <summary>
    /// Whether a commit of this position by this member is sound. One of the classic protocol that rejoins may believe that it owns what it
    /// lost in a former life, or by a change of protocol, and commits that when it is told to give it up: only what it holds counts.
    /// </summary>
    public bool MayCommit(string memberId, GroupTopicPartition partition) =>
        !_members.TryGetValue(memberId, out var member)
        || !member.IsClassic
        || (image().Topics.TryGetValue(partition.Topic, out var topic)
            && _holders.TryGetValue((topic.Id, partition.Partition), out var holder)
            && holder == memberId);

    /// <summary>An assignment as the member's clients read it. Topics that are gone are left out.</summary>
    public byte[] AssignmentBytes(ConsumerMember member)
    {
        var topics = image().TopicsById;
        var version = ConsumerSubscription.Read(member.Said.Classic!.Protocols[0].Metadata)?.Version ?? 0;
        return ConsumerSubscription.WriteAssignment(
            version, member.Assigned.Topics.Where(topic => topics.ContainsKey(topic.Key)).Select(topic => (topics[topic.Key].Name, topic.Value)));
    }

    /// <summary>Partitions by name as partitions by id; of topics that are not known, none.</summary>
    public PartitionSet SetOf(IEnumerable<GroupTopicPartition> partitions)
    {
        var topics = image().Topics;
        return PartitionSet.Of(partitions
            .Where(partition => topics.ContainsKey(partition.Topic))
            .GroupBy(static partition => partition.Topic, static partition => partition.Partition, StringComparer.Ordinal)
            .Select(topic => new KeyValuePair<TopicId, int[]>(topics[topic.Key].Id, [.. topic])));
    }

    private bool HasCommonProtocol(JoinGroupCommand command)
    {
        var others = _members.Values.Where(member => member.IsClassic && member.Id != command.MemberId).Select(static member => member.Said.Classic!).ToList();
        return Array.Exists(command.Protocols, protocol => others.TrueForAll(other => Array.Exists(other.Protocols, known => known.Name == protocol.Name)));
    }

    private ConsumerMember? FindJoining(JoinGroupCommand command, string id, ConsumerSubscription subscription, out ErrorCode error)
    {
        var former = command.InstanceId is { } instance && _staticMembers.TryGetValue(instance, out var formerId) ? _members[formerId] : null;
        if (command.InstanceId is not null && command.MemberId.Length > 0)
        {
            error = former is null ? ErrorCode.UnknownMemberId : former.Id != command.MemberId ? ErrorCode.FencedInstanceId : ErrorCode.None;
            return error is ErrorCode.None ? former : null;
        }

        var known = former ?? _members.GetValueOrDefault(id);
        if (known is null)
        {
            // Whoever was forgotten and does not know it is told so: what it owned it has lost.
            error = subscription.Owned.Length > 0 ? ErrorCode.UnknownMemberId : HasRoom ? ErrorCode.None : ErrorCode.GroupMaxSizeReached;
            if (error is not ErrorCode.None)
            {
                return null;
            }
        }

        error = ErrorCode.None;
        return former is not null ? Replace(former, id) : known ?? New(id, command.InstanceId, command.ClientId, command.ClientHost);
    }

    private bool Update(ConsumerMember member, JoinGroupCommand command, ConsumerSubscription subscription)
    {
        var before = member.Said;
        member.Said = before with
        {
            RackId = subscription.RackId ?? before.RackId,
            RebalanceTimeoutMs = command.RebalanceTimeoutMs,
            Assignor = null,
            TopicNames = subscription.Topics.AsSpan().SequenceEqual(before.TopicNames) ? before.TopicNames : subscription.Topics,
            TopicRegex = null,
            ClientId = command.ClientId,
            ClientHost = command.ClientHost,
            Classic = new ClassicMemberRecord(command.SessionTimeoutMs, command.Protocols),
        };
        Changed(ConsumerRecordKind.Member, member.Id);
        return !ReferenceEquals(member.Said.TopicNames, before.TopicNames) || before.TopicRegex is not null || !_targets.ContainsKey(member.Id);
    }

    private ErrorCode CheckSync(SyncGroupCommand command, out ConsumerMember? member)
    {
        if (CheckClassic(command.MemberId, command.InstanceId, command.Generation, out member) is var error and not ErrorCode.None)
        {
            return error;
        }

        if ((command.ProtocolType is { } type && type != ConsumerSubscription.ProtocolType)
            || (command.Protocol is { } protocol && protocol != member!.Said.Classic!.Protocols[0].Name))
        {
            return ErrorCode.InconsistentGroupProtocol;
        }

        // One that has still to give partitions up has joined already: it finishes that first.
        return _groupEpoch > member!.Epoch && member.Current.State is not ConsumerMemberState.UnrevokedPartitions ? AskToJoin(member) : ErrorCode.None;
    }

    private bool MustJoinAgain(ConsumerMember member) =>
        member.Epoch < _groupEpoch
        || member.Current.State is ConsumerMemberState.UnrevokedPartitions
        || (member.Current.State is ConsumerMemberState.UnreleasedPartitions && CanGoOn(member));

    private ErrorCode AskToJoin(ConsumerMember member)
    {
        member.JoinDeadline = Math.Min(member.JoinDeadline, RevocationDeadlineOf(member));
        return ErrorCode.RebalanceInProgress;
    }

    private ErrorCode CheckClassic(string memberId, string? instance, int generation, out ConsumerMember? member)
    {
        if (CheckClassic(memberId, instance, out member) is var error and not ErrorCode.None)
        {
            return error;
        }

        return member!.Epoch == generation ? ErrorCode.None : ErrorCode.IllegalGeneration;
    }

    private ErrorCode CheckClassic(string memberId, string? instance, out ConsumerMember? member)
    {
        member = null;
        if (instance is not null && _staticMembers.TryGetValue(instance, out var current) && current != memberId)
        {
            return ErrorCode.FencedInstanceId;
        }

        return _members.TryGetValue(memberId, out member) && member.IsClassic && (instance is null || member.Said.InstanceId == instance)
            ? ErrorCode.None
            : ErrorCode.UnknownMemberId;
    }
}
