using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Schemas;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Coordinators;

/// <summary>What one partition of the offsets topic says: the last committed record of every key. For one thread.</summary>
internal sealed class StoredGroups
{
    private readonly Dictionary<string, Stored> _groups = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Ids => _groups.Keys;

    /// <summary>Groups whose written generation has members: their sessions run from now on.</summary>
    public IEnumerable<string> WithMembers =>
        _groups.Where(group => group.Value.HasMembers).Select(group => group.Key);

    public OpenGroupResult Open(string groupId, LeaderEpoch epoch) => _groups.TryGetValue(groupId, out var stored)
        ? new OpenGroupResult
        {
            Epoch = epoch,
            Metadata = stored.Metadata,
            Offsets = [.. stored.Offsets.Select(offset => new OffsetEntry { Partition = offset.Key, Value = offset.Value })],
            Records = [.. stored.Records.Select(record => new GroupRecord { Key = record.Key.Write(), Value = record.Value })],
        }
        : new OpenGroupResult { Epoch = epoch };

    /// <summary>Groups that may have something to forget: an offset as old as the retention, or nothing left to keep.</summary>
    public IEnumerable<string> Aged(long unixMs, long retentionMs) => _groups
        .Where(group => group.Value.Offsets.Count == 0
            ? !group.Value.HasMembers
            : group.Value.Offsets.Values.Any(offset =>
                offset.ExpireTimestamp >= 0 ? offset.ExpireTimestamp <= unixMs : unixMs - offset.CommitTimestamp >= retentionMs))
        .Select(group => group.Key);

    public IEnumerable<string> WithOffsetsIn(IReadOnlySet<string> topics) =>
        _groups.Where(group => group.Value.Offsets.Keys.Any(partition => topics.Contains(partition.Topic))).Select(group => group.Key);

    public void Apply(GroupWrite write)
    {
        foreach (var entry in write.Offsets)
        {
            Apply(write.GroupId, entry.Partition, entry.Value);
        }

        if (write.MetadataChange is not GroupMetadataChange.None)
        {
            Apply(write.GroupId, write.MetadataChange is GroupMetadataChange.Put ? write.Metadata : null);
        }

        foreach (var record in write.Records)
        {
            Apply(ConsumerRecordKey.Read(record.Key)!.Value, record.Value);
        }
    }

    /// <summary>A record as it was read; one that cannot be understood changes nothing, and the answer is false.</summary>
    public bool Apply(ReadOnlySpan<byte> keyBytes, ReadOnlySpan<byte> value, bool hasValue)
    {
        if (ConsumerRecordKey.Read(keyBytes) is { } consumerKey)
        {
            Apply(consumerKey, hasValue ? value.ToArray() : null);
            return true;
        }

        if (RecordKey.Read(keyBytes) is not { } key)
        {
            return false;
        }

        if (key.Partition is { } partition)
        {
            var offset = hasValue ? OffsetSchema.Read(value) : null;
            Apply(key.GroupId, partition, offset);
            return hasValue == offset is not null;
        }

        var metadata = hasValue ? GroupMetadataSchema.Read(value) : null;
        Apply(key.GroupId, metadata);
        return hasValue == metadata is not null;
    }

    private void Apply(string groupId, GroupTopicPartition partition, CommittedOffset? offset)
    {
        if (offset is not null)
        {
            Group(groupId).Offsets[partition] = offset;
        }
        else if (_groups.TryGetValue(groupId, out var group))
        {
            group.Offsets.Remove(partition);
            Drop(groupId, group);
        }
    }

    private void Apply(string groupId, GroupMetadata? metadata)
    {
        var group = Group(groupId);
        group.Metadata = metadata;
        Drop(groupId, group);
    }

    /// <summary>Kept as they are: only the group's machine needs to understand them.</summary>
    private void Apply(ConsumerRecordKey key, byte[]? value)
    {
        var group = Group(key.GroupId);
        if (value is not null)
        {
            group.Records[key] = value;
            return;
        }

        group.Records.Remove(key);
        Drop(key.GroupId, group);
    }

    private Stored Group(string groupId)
    {
        if (!_groups.TryGetValue(groupId, out var group))
        {
            _groups.Add(groupId, group = new Stored());
        }

        return group;
    }

    private void Drop(string groupId, Stored group)
    {
        if (group.Metadata is null && group.Offsets.Count == 0 && group.Records.Count == 0)
        {
            _groups.Remove(groupId);
        }
    }

    private sealed class Stored
    {
        public GroupMetadata? Metadata { get; set; }

        public Dictionary<GroupTopicPartition, CommittedOffset> Offsets { get; } = [];

        public Dictionary<ConsumerRecordKey, byte[]> Records { get; } = [];

        public bool HasMembers => Metadata is { Members.Length: > 0 } || Records.Keys.Any(static key => key.Kind is ConsumerRecordKind.Member);
    }
}
