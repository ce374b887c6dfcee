using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Assignors;
using OrleansStreaming.Groups.Schemas;
using OrleansStreaming.Groups.Settings;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Machine;

/// <summary>
/// The members of one consumer group (KIP-848): each heartbeat moves its member a step towards the target assignment, and a partition
/// is withheld from its new owner until the old one has let go of it or is gone. Part of a <see cref="GroupMachine"/>, which owns
/// offsets and writes, and as pure as that. In key-based groups, what is handed out are units of <see cref="KeySlots"/>.
/// </summary>
/// <param name="image">The topics as this broker knows them now.</param>
internal sealed partial class ConsumerGroupMachine(
    string groupId, GroupSettings settings, Func<Guid> newId, Func<ClusterImage> image, IConsumerGroupLog log)
{
    private const long Never = long.MaxValue;

    private readonly Dictionary<string, ConsumerMember> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _staticMembers = new(StringComparer.Ordinal);
    private Moment _now;
    private int _groupEpoch;

    public int MemberCount => _members.Count;

    public int GroupEpoch => _groupEpoch;

    public IEnumerable<ConsumerMember> Members => _members.Values;

    public GroupState State
    {
        get
        {
            if (_members.Count == 0)
            {
                return GroupState.Empty;
            }

            if (_groupEpoch > _targetEpoch)
            {
                return GroupState.Assigning;
            }

            return _members.Values.All(member => member.IsSettledIn(_targetEpoch)) ? GroupState.Stable : GroupState.Reconciling;
        }
    }

    /// <summary>When <see cref="Tick"/> has something to do next, on the steady clock.</summary>
    public long NextDeadline => _members.Count == 0 ? Never : _members.Values.Min(static member => member.NextDeadline);

    /// <summary>Takes over what is written, in any order, once and before any other input. Records that make no sense are passed over.</summary>
    public void Load(IEnumerable<GroupRecord> records, Moment now)
    {
        _now = now;
        var currents = new Dictionary<string, CurrentAssignmentRecord>(StringComparer.Ordinal);
        foreach (var record in records)
        {
            if (ConsumerRecordKey.Read(record.Key) is { } key && record.Value is { } value)
            {
                _written.Add(key);
                Load(key, value, currents);
            }
        }

        foreach (var member in _members.Values)
        {
            if (currents.TryGetValue(member.Id, out var current))
            {
                Hold(member, current);
            }

            Register(member);
            KeepAlive(member);
            member.RevocationDeadline = member.Current.State is ConsumerMemberState.UnrevokedPartitions && !member.IsClassic ? RevocationDeadlineOf(member) : Never;
        }
    }

    /// <summary>Begins where a classic group stands: with its members, each of which holds what it was last assigned there.</summary>
    public void TakeOver(int generation, IEnumerable<(string Id, MemberRecord Said, PartitionSet Assigned)> members, bool removesClassic, Moment now)
    {
        _now = now;
        _groupEpoch = _targetEpoch = generation;
        _removesClassic = removesClassic;
        foreach (var (id, said, assigned) in members)
        {
            var member = new ConsumerMember(id, said);
            _members.Add(id, member);
            Register(member);

            // Of two that were told of a partition in different generations, one has joined again and given it up.
            var free = assigned.Where((topic, partition) => !_holders.ContainsKey((topic, partition)));
            SetTarget(id, free);
            Hold(member, new CurrentAssignmentRecord(generation, generation, ConsumerMemberState.Stable, free, PartitionSet.Empty));
            KeepAlive(member);
            Changed(ConsumerRecordKind.Member, id);
            Changed(ConsumerRecordKind.CurrentAssignment, id);
        }

        Changed(ConsumerRecordKind.Target);
        Changed(ConsumerRecordKind.Group);
    }

    public ConsumerGroupDescription Describe() => new()
    {
        State = State,
        GroupEpoch = _groupEpoch,
        AssignmentEpoch = _targetEpoch,
        Assignor = AssignorOfMost(),
        Members = [.. _members.Values.Select(member => new DescribedConsumer
        {
            MemberId = member.Id,
            InstanceId = member.Said.InstanceId,
            RackId = member.Said.RackId,
            MemberEpoch = member.Epoch,
            ClientId = member.Said.ClientId,
            ClientHost = member.Said.ClientHost,
            TopicNames = member.Said.TopicNames,
            TopicRegex = member.Said.TopicRegex,
            Assignment = Listed(member.Assigned),
            Target = Listed(TargetOf(member.Id)),
            IsClassic = member.IsClassic,
        })],
    };

    /// <summary>Whether a member may commit now: UNKNOWN_MEMBER_ID, STALE_MEMBER_EPOCH, and of classic members ILLEGAL_GENERATION.</summary>
    public ErrorCode CheckCommit(CommitOffsetsCommand command)
    {
        if (command.Generation < 0 && _members.Count == 0)
        {
            return ErrorCode.None;
        }

        if (!_members.TryGetValue(command.MemberId, out var member))
        {
            return ErrorCode.UnknownMemberId;
        }

        if (!member.IsClassic && !command.KnowsMemberEpochs)
        {
            return ErrorCode.UnsupportedVersion;
        }

        // Progress by key is reported, not committed: a position alone would forget what is finished above it.
        return IsKeyBasedOne(member) && command.Offsets.Length > 0 ? ErrorCode.InvalidRequest : CheckEpoch(member, command.Generation);
    }

    /// <summary>Whether a member may report what it has finished by key: as commits, and INCONSISTENT_GROUP_PROTOCOL.</summary>
    public ErrorCode CheckReport(string memberId, int memberEpoch)
    {
        if (!_members.TryGetValue(memberId, out var member))
        {
            return ErrorCode.UnknownMemberId;
        }

        return IsKeyBasedOne(member) ? CheckEpoch(member, memberEpoch) : ErrorCode.InconsistentGroupProtocol;
    }

    /// <summary>Whether a member may read positions now.</summary>
    public ErrorCode CheckFetch(string? memberId, int memberEpoch)
    {
        if (memberId is null && memberEpoch < 0)
        {
            return ErrorCode.None;
        }

        return _members.TryGetValue(memberId ?? "", out var member) ? CheckEpoch(member, memberEpoch) : ErrorCode.UnknownMemberId;
    }

    public bool IsSubscribedTo(string topic) => _topics.ContainsKey(topic);

    /// <summary>Removes members that were not heard of in time, or did not do in time what the others wait for.</summary>
    public void Tick(Moment now)
    {
        _now = now;
        foreach (var member in _members.Values.Where(member => member.NextDeadline <= now.ElapsedMs).ToList())
        {
            if (Fence(member))
            {
                return;
            }
        }

        Flush();
    }

    internal static TopicPartitions[] Listed(PartitionSet set) =>
        [.. set.Topics.Select(static topic => new TopicPartitions { TopicId = topic.Key, Partitions = topic.Value })];

    private static ErrorCode CheckEpoch(ConsumerMember member, int epoch)
    {
        if (epoch == member.Epoch)
        {
            return ErrorCode.None;
        }

        return member.IsClassic ? ErrorCode.IllegalGeneration : ErrorCode.StaleMemberEpoch;
    }

    private void Load(ConsumerRecordKey key, byte[] value, Dictionary<string, CurrentAssignmentRecord> currents)
    {
        switch (key.Kind)
        {
            case ConsumerRecordKind.Group:
                _groupEpoch = ConsumerSchemas.ReadEpoch(value) ?? _groupEpoch;
                break;
            case ConsumerRecordKind.Target:
                _targetEpoch = ConsumerSchemas.ReadEpoch(value) ?? _targetEpoch;
                break;
            case ConsumerRecordKind.Topics when ConsumerSchemas.ReadTopics(value) is { } topics:
                _topics = topics.ToDictionary(static topic => topic.Name, StringComparer.Ordinal);
                break;
            case ConsumerRecordKind.Member when MemberSchema.Read(value) is { } said:
                _members[key.Id] = new ConsumerMember(key.Id, said);
                break;
            case ConsumerRecordKind.TargetMember when ConsumerSchemas.ReadTarget(value) is { } target:
                _targets[key.Id] = target;
                break;
            case ConsumerRecordKind.CurrentAssignment when ConsumerSchemas.ReadCurrent(value) is { } current:
                currents[key.Id] = current;
                break;
            case ConsumerRecordKind.RegularExpression when ConsumerSchemas.ReadRegex(value) is { } regex:
                _regexes[key.Id] = regex;
                break;
        }
    }

    private void Register(ConsumerMember member)
    {
        if (member.Said.InstanceId is { } instance)
        {
            _staticMembers[instance] = member.Id;
        }
    }

    private void KeepAlive(ConsumerMember member) =>
        member.SessionDeadline = _now.ElapsedMs + (member.Said.Classic?.SessionTimeoutMs ?? SessionTimeoutMs);

    private long RevocationDeadlineOf(ConsumerMember member) => _now.ElapsedMs + Math.Max(member.Said.RebalanceTimeoutMs, 0);

    private void BumpGroupEpoch()
    {
        _groupEpoch++;
        Changed(ConsumerRecordKind.Group);
    }

    /// <summary>A member is gone for good; true when with it the consumer group is over.</summary>
    private bool Fence(ConsumerMember member)
    {
        if (log.TryDowngrade(member))
        {
            return true;
        }

        Remove(member);
        RefreshTopics();
        BumpGroupEpoch();
        return false;
    }

    private void Remove(ConsumerMember member)
    {
        Hold(member, member.Current with { Assigned = PartitionSet.Empty, Revoking = PartitionSet.Empty });
        _members.Remove(member.Id);
        _targets.Remove(member.Id);
        if (member.Said.InstanceId is { } instance && _staticMembers.GetValueOrDefault(instance) == member.Id)
        {
            _staticMembers.Remove(instance);
        }

        Changed(ConsumerRecordKind.CurrentAssignment, member.Id);
        Changed(ConsumerRecordKind.TargetMember, member.Id);
        Changed(ConsumerRecordKind.Member, member.Id);
    }
}
