using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Settings;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Machine;

/// <summary>
/// One consumer group: inputs in, decisions and records out, answers when the records are committed. Pure: time comes
/// with each input, ids from the constructor, and writing is the outbox's. Itself a classic group, it hands over to a
/// <see cref="ConsumerGroupMachine"/> while the group speaks the consumer protocol. One input at a time; never re-entered.
/// <para>Requests that wait are known by numbers of the caller, from 1 on.</para>
/// </summary>
public sealed partial class GroupMachine
{
    private const long Never = long.MaxValue;

    private readonly string _groupId;
    private readonly GroupSettings _settings;
    private readonly Func<Guid> _newId;
    private readonly Func<ClusterImage> _image;
    private readonly IGroupOutbox _outbox;
    private readonly OrderedDictionary<string, GroupMember> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _staticMembers = new(StringComparer.Ordinal);

    // Ids that were given out with MEMBER_ID_REQUIRED, until their owner comes with them.
    private readonly Dictionary<string, long> _pendingMembers = new(StringComparer.Ordinal);
    private Moment _now;
    private int _generation;
    private string? _protocolType;
    private string? _protocol;
    private string? _leader;
    private long _stateTimestamp = -1;
    private GroupState _state;

    /// <param name="image">The topics as this broker knows them now.</param>
    public GroupMachine(string groupId, GroupSettings settings, Func<Guid> newId, Func<ClusterImage> image, IGroupOutbox outbox)
    {
        _groupId = groupId;
        _settings = settings;
        _newId = newId;
        _image = image;
        _outbox = outbox;
    }

    public GroupState State => _consumers?.State ?? _state;

    /// <summary>Of a classic group; of a consumer group, its epoch.</summary>
    public int Generation => _consumers?.GroupEpoch ?? _generation;

    private int RebalanceTimeoutMs => _members.Values.Select(member => member.RebalanceTimeoutMs).DefaultIfEmpty(0).Max();

    private bool HaveAllJoined => _pendingMembers.Count == 0 && _members.Values.All(member => member.IsJoining);

    /// <summary>Takes over what is written: before any other input, and once.</summary>
    public void Load(GroupMetadata? metadata, IEnumerable<OffsetEntry> offsets, IReadOnlyCollection<GroupRecord> records, Moment now)
    {
        _now = now;
        if (ConsumerGroupMachine.AreWhole(records))
        {
            _consumers = NewConsumers();
            _consumers.Load(records, now);
        }
        else
        {
            _tombstonesDue = [.. records.Select(static record => new GroupRecord { Key = record.Key })];
        }

        foreach (var entry in offsets)
        {
            Apply(entry);
        }

        if (metadata is null)
        {
            return;
        }

        _isWritten = true;
        if (_consumers is not null)
        {
            // The change of protocol was not written to its end, or has left this behind.
            return;
        }

        _generation = metadata.Generation;
        _protocolType = metadata.ProtocolType.Length == 0 ? null : metadata.ProtocolType;
        _protocol = metadata.Protocol;
        _stateTimestamp = metadata.StateTimestamp;
        _state = metadata.Members.Length == 0 ? GroupState.Empty : GroupState.Stable;
        foreach (var stored in metadata.Members)
        {
            var member = new GroupMember
            {
                Id = stored.MemberId,
                InstanceId = stored.InstanceId,
                ClientId = stored.ClientId,
                ClientHost = stored.ClientHost,
                Protocols = [new JoinProtocol { Name = metadata.Protocol ?? "", Metadata = stored.Subscription }],
                SessionTimeoutMs = stored.SessionTimeoutMs,
                RebalanceTimeoutMs = stored.RebalanceTimeoutMs < 0 ? stored.SessionTimeoutMs : stored.RebalanceTimeoutMs,
                Assignment = stored.Assignment,
                Held = stored.Assignment,
                HasSynced = true,
            };
            Add(member);
            Refresh(member);
        }

        // The written leader may be gone from a record that another broker wrote; any member can lead.
        _leader = metadata.Leader is not null && _members.ContainsKey(metadata.Leader) ? metadata.Leader : _leader;
    }

    /// <summary>What its members and state say, for tools.</summary>
    public GroupDescription Describe()
    {
        if (_consumers is not null)
        {
            return new GroupDescription { Error = ErrorCode.GroupIdNotFound };
        }

        var isStable = State is GroupState.Stable;
        return new GroupDescription
        {
            State = State,
            ProtocolType = _protocolType ?? "",
            Protocol = isStable ? _protocol ?? "" : "",
            Members = [.. _members.Values.Select(member => new DescribedMember
            {
                MemberId = member.Id,
                InstanceId = member.InstanceId,
                ClientId = member.ClientId,
                ClientHost = member.ClientHost,
                Metadata = isStable ? member.MetadataFor(_protocol) : [],
                Assignment = isStable ? member.Assignment : [],
            })],
        };
    }

    public GroupSummary Summarize() => new()
    {
        GroupId = _groupId,
        Type = Type,
        State = State,
        ProtocolType = _consumers is null ? _protocolType ?? "" : ConsumerSubscription.ProtocolType,
    };

    private void Enter(GroupState state)
    {
        _state = state;
        _stateTimestamp = _now.UnixMs;
    }

    private void Add(GroupMember member)
    {
        if (_members.Count == 0)
        {
            _leader = member.Id;
        }

        _members.Add(member.Id, member);
        _pendingMembers.Remove(member.Id);
        if (member.InstanceId is { } instance)
        {
            _staticMembers[instance] = member.Id;
        }
    }

    private void Remove(GroupMember member)
    {
        _members.Remove(member.Id);
        if (member.InstanceId is { } instance && _staticMembers.GetValueOrDefault(instance) == member.Id)
        {
            _staticMembers.Remove(instance);
        }

        if (_leader == member.Id)
        {
            _leader = _members.Count == 0 ? null : _members.GetAt(0).Key;
        }
    }

    private void Refresh(GroupMember member) => member.SessionDeadline = _now.ElapsedMs + member.SessionTimeoutMs;

    /// <summary>Whether a request comes from a member as it is now: UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID.</summary>
    private ErrorCode Check(string memberId, string? instanceId)
    {
        if (instanceId is not null)
        {
            if (!_staticMembers.TryGetValue(instanceId, out var current))
            {
                return ErrorCode.UnknownMemberId;
            }

            if (current != memberId)
            {
                return ErrorCode.FencedInstanceId;
            }
        }

        return _members.ContainsKey(memberId) ? ErrorCode.None : ErrorCode.UnknownMemberId;
    }
}
