using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Schemas;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Machine;

/// <summary>
/// Changes take effect at once, and whoever could see them is answered when they are committed. One write is on its way at a time, and
/// what changes meanwhile goes into the next. A write that fails is made up for by the next one, which carries all that it held: the
/// log never shows a later state without an earlier one.
/// </summary>
internal sealed partial class ConsumerGroupMachine
{
    /// <summary>A write that is larger is spread over several, the group's epoch last. Well below the smallest usual max.message.bytes.</summary>
    private const int MaxWriteBytes = 512 * 1024;

    private static readonly ConsumerRecordKind[] _writingOrder =
    [
        ConsumerRecordKind.Member, ConsumerRecordKind.CurrentAssignment, ConsumerRecordKind.TargetMember, ConsumerRecordKind.Topics,
        ConsumerRecordKind.RegularExpression, ConsumerRecordKind.Target, ConsumerRecordKind.Group,
    ];

    private readonly HashSet<ConsumerRecordKey> _changed = [];

    // Keys that may have a value in the log: only those need tombstones.
    private readonly HashSet<ConsumerRecordKey> _written = [];
    private List<Action<ErrorCode>> _waiting = [];
    private List<Action<ErrorCode>> _beingWritten = [];
    private bool _isWriting;
    private bool _isOver;
    private bool _removesClassic;

    /// <summary>Writes what has changed, unless a write is on its way, after which that is done.</summary>
    public void Flush()
    {
        if (_isWriting || _isOver || _changed.Count == 0)
        {
            return;
        }

        var (keys, records) = TakeChanges();
        var isAll = _changed.Count == 0;
        var removesClassic = _removesClassic && isAll;
        _removesClassic &= !isAll;
        _isWriting = true;
        if (isAll)
        {
            (_waiting, _beingWritten) = (_beingWritten, _waiting);
        }

        log.Write(records, removesClassic, error => Written(keys, removesClassic, error));
    }

    /// <summary>The group is no consumer group any more: tombstones for all that may be written.</summary>
    public GroupRecord[] End()
    {
        _isOver = true;
        RefuseWaiting(ErrorCode.NotCoordinator);
        return Tombstones();
    }

    /// <summary>Of a consumer group that this group was before, these may still be in the log: what is not written anew is to go.</summary>
    public void Inherit(IEnumerable<GroupRecord> tombstones)
    {
        foreach (var key in tombstones.Select(static record => ConsumerRecordKey.Read(record.Key)).OfType<ConsumerRecordKey>())
        {
            _written.Add(key);
            _changed.Add(key);
        }
    }

    /// <summary>Whether records hold a consumer group: without the one that is written last, they are left over from a change that was not finished.</summary>
    public static bool AreWhole(IEnumerable<GroupRecord> records) =>
        records.Any(static record => ConsumerRecordKey.Read(record.Key) is { Kind: ConsumerRecordKind.Group });

    /// <summary>What has to be written so that nothing of the group is left.</summary>
    public GroupRecord[] Tombstones() => [.. _written.Select(static key => new GroupRecord { Key = key.Write() })];

    /// <summary>Runs when all that has been decided so far is committed, or with the error.</summary>
    private void WhenWritten(Action<ErrorCode> then)
    {
        if (_changed.Count > 0)
        {
            _waiting.Add(then);
        }
        else if (_isWriting)
        {
            _beingWritten.Add(then);
        }
        else
        {
            then(ErrorCode.None);
        }
    }

    private void Changed(ConsumerRecordKind kind, string id = "") => _changed.Add(new ConsumerRecordKey(kind, groupId, id));

    private (List<ConsumerRecordKey> Keys, GroupRecord[] Records) TakeChanges()
    {
        var keys = new List<ConsumerRecordKey>();
        var records = new List<GroupRecord>();
        var bytes = 0;
        foreach (var key in _changed.OrderBy(static key => Array.IndexOf(_writingOrder, key.Kind)))
        {
            if (bytes > MaxWriteBytes)
            {
                break;
            }

            keys.Add(key);
            var value = ValueOf(key);
            if (value is not null || _written.Contains(key))
            {
                var record = new GroupRecord { Key = key.Write(), Value = value };
                records.Add(record);
                bytes += record.Key.Length + (value?.Length ?? 0);
            }

            if (value is not null)
            {
                _written.Add(key);
            }
        }

        _changed.ExceptWith(keys);
        return (keys, [.. records]);
    }

    private byte[]? ValueOf(ConsumerRecordKey key) => key.Kind switch
    {
        ConsumerRecordKind.Group => ConsumerSchemas.WriteEpoch(_groupEpoch),
        ConsumerRecordKind.Target => ConsumerSchemas.WriteEpoch(_targetEpoch),
        ConsumerRecordKind.Topics => _topics.Count == 0 ? null : ConsumerSchemas.WriteTopics([.. _topics.Values.OrderBy(static topic => topic.Name, StringComparer.Ordinal)]),
        ConsumerRecordKind.Member => _members.TryGetValue(key.Id, out var member) ? MemberSchema.Write(member.Said) : null,
        ConsumerRecordKind.TargetMember => _targets.TryGetValue(key.Id, out var target) ? ConsumerSchemas.WriteTarget(target) : null,
        ConsumerRecordKind.CurrentAssignment => _members.TryGetValue(key.Id, out var member) ? ConsumerSchemas.WriteCurrent(member.Current) : null,
        ConsumerRecordKind.RegularExpression => _regexes.TryGetValue(key.Id, out var regex) ? ConsumerSchemas.WriteRegex(regex) : null,
        _ => throw new ArgumentOutOfRangeException(nameof(key), key.Kind, "No such record."),
    };

    private void Written(List<ConsumerRecordKey> keys, bool removesClassic, ErrorCode error)
    {
        _isWriting = false;
        if (error is not ErrorCode.None)
        {
            _changed.UnionWith(keys);
            _removesClassic |= removesClassic;
            RefuseWaiting(error);
            return;
        }

        foreach (var key in keys)
        {
            if (ValueOf(key) is null && !_changed.Contains(key))
            {
                _written.Remove(key);
            }
        }

        var done = _beingWritten;
        _beingWritten = [];
        foreach (var then in done)
        {
            then(ErrorCode.None);
        }

        Flush();
    }

    private void RefuseWaiting(ErrorCode error)
    {
        var refused = _beingWritten.Concat(_waiting).ToList();
        _beingWritten = [];
        _waiting = [];
        foreach (var then in refused)
        {
            then(error);
        }
    }
}
