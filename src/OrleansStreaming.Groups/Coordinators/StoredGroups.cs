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
        _groups.Where(group => group.Value.Metadata is { Members.Length: > 0 }).Select(group => group.Key);

    public OpenGroupResult Open(string groupId, LeaderEpoch epoch) => _groups.TryGetValue(groupId, out var stored)
        ? new OpenGroupResult
        {
            Epoch = epoch,
            Metadata = stored.Metadata,
            Offsets = [.. stored.Offsets.Select(offset => new OffsetEntry { Partition = offset.Key, Value = offset.Value })],
        }
        : new OpenGroupResult { Epoch = epoch };

    /// <summary>Groups that may have something to forget: an offset as old as the retention, or nothing left to keep.</summary>
    public IEnumerable<string> Aged(long unixMs, long retentionMs) => _groups
        .Where(group => group.Value.Offsets.Count == 0
            ? group.Value.Metadata is not { Members.Length: > 0 }
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
    }

    /// <summary>A record as it was read; one that cannot be understood changes nothing, and the answer is false.</summary>
    public bool Apply(ReadOnlySpan<byte> keyBytes, ReadOnlySpan<byte> value, bool hasValue)
    {
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
        if (group.Metadata is null && group.Offsets.Count == 0)
        {
            _groups.Remove(groupId);
        }
    }

    private sealed class Stored
    {
        public GroupMetadata? Metadata { get; set; }

        public Dictionary<GroupTopicPartition, CommittedOffset> Offsets { get; } = [];
    }
}
