using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Machine;

public sealed partial class GroupMachine
{
    /// <summary>Forgets the group with all its offsets; answered with an <see cref="ErrorCode"/>.</summary>
    public void Delete(long request, Moment now)
    {
        _now = now;

        // Commits on their way come first in the log: they are among what is deleted.
        AfterWrites(() =>
        {
            if (State is GroupState.Empty)
            {
                RemoveGroup(error => _outbox.Answer(request, error));
            }
            else
            {
                _outbox.Answer(request, State is GroupState.Dead ? ErrorCode.GroupIdNotFound : ErrorCode.NonEmptyGroup);
            }
        });
    }

    /// <summary>
    /// Forgets offsets that were kept long enough: since the group has been empty, or since they were committed when nobody
    /// subscribes to the topic (KIP-211); and an empty group that has none left.
    /// </summary>
    public void Expire(Moment now)
    {
        _now = now;
        if (_writes.Count > 0)
        {
            return;
        }

        var expired = _offsets.Where(offset => IsExpired(offset.Key, offset.Value)).Select(offset => offset.Key).ToList();
        if (State is GroupState.Empty && _pendingMembers.Count == 0 && expired.Count == _offsets.Count)
        {
            RemoveGroup(static _ => { });
        }
        else
        {
            Forget(expired);
        }
    }

    /// <summary>Forgets the positions in topics that are gone.</summary>
    public void ForgetTopics(IReadOnlyCollection<string> topics, Moment now)
    {
        _now = now;
        AfterWrites(() => Forget([.. _offsets.Keys.Where(partition => topics.Contains(partition.Topic))]));
    }

    private bool IsExpired(GroupTopicPartition partition, CommittedOffset offset)
    {
        var isAbandoned = State switch
        {
            GroupState.Empty => true,
            GroupState.Stable when _consumers is null => _protocolType == ConsumerSubscription.ProtocolType && !IsSubscribedTo(partition.Topic),
            _ => _consumers is not null && !IsSubscribedTo(partition.Topic),
        };
        if (!isAbandoned || offset.ExpireTimestamp >= 0)
        {
            return isAbandoned && offset.ExpireTimestamp <= _now.UnixMs;
        }

        // A group of members is kept from the moment it became empty; one that only commits has no such moment, nor has a consumer group.
        var since = State is GroupState.Empty && _protocolType is not null ? Math.Max(_stateTimestamp, offset.CommitTimestamp) : offset.CommitTimestamp;
        return _now.UnixMs - since >= _settings.OffsetsRetentionMs;
    }

    private void RemoveGroup(Action<ErrorCode> completed)
    {
        var records = _consumers?.Tombstones() ?? _tombstonesDue;
        if (_offsets.Count == 0 && !_isWritten && records.Length == 0)
        {
            Bury();
            completed(ErrorCode.None);
            return;
        }

        var entries = Tombstones(_offsets.Keys);
        var write = new GroupWrite { GroupId = _groupId, Offsets = entries, MetadataChange = GroupMetadataChange.Remove, Records = records };
        Write(write, error =>
        {
            if (error is ErrorCode.None)
            {
                Apply(entries);
                ForgetProgress(entries);
                Bury();
            }

            completed(error);
        });
    }

    /// <summary>The group is gone, unless members or offsets came while that was written.</summary>
    private void Bury()
    {
        if (State is not GroupState.Empty || _pendingMembers.Count > 0 || _offsets.Count > 0)
        {
            return;
        }

        _consumers = null;
        _state = GroupState.Dead;
        _isWritten = false;
        _generation = 0;
        _protocolType = null;
        _stateTimestamp = -1;
    }

    private void Forget(IReadOnlyCollection<GroupTopicPartition> partitions)
    {
        if (partitions.Count == 0)
        {
            return;
        }

        var entries = Tombstones(partitions);
        Write(new GroupWrite { GroupId = _groupId, Offsets = entries }, error =>
        {
            if (error is ErrorCode.None)
            {
                Apply(entries);
                ForgetProgress(entries);
            }
        });
    }

    private static OffsetEntry[] Tombstones(IEnumerable<GroupTopicPartition> partitions) =>
        [.. partitions.Select(partition => new OffsetEntry { Partition = partition })];
}
