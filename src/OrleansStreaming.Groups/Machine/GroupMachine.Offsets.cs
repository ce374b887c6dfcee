using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Machine;

public sealed partial class GroupMachine
{
    private readonly Dictionary<GroupTopicPartition, CommittedOffset> _offsets = [];

    /// <summary>Positions are committed; answered with an <see cref="OffsetsResult"/>.</summary>
    public void CommitOffsets(long request, CommitOffsetsCommand command, Moment now)
    {
        _now = now;
        if (CheckCommit(command) is var refusal and not ErrorCode.None)
        {
            _outbox.Answer(request, new OffsetsResult { Error = refusal });
            return;
        }

        if (_members.TryGetValue(command.MemberId, out var member))
        {
            Refresh(member);
        }

        var errors = new ErrorCode[command.Offsets.Length];
        var entries = new List<OffsetEntry>(errors.Length);
        for (var i = 0; i < errors.Length; i++)
        {
            var offset = command.Offsets[i];
            if (_consumers?.MayCommit(command.MemberId, offset.Partition) is false)
            {
                errors[i] = ErrorCode.RebalanceInProgress;
                continue;
            }

            if (offset.Metadata is { } metadata && metadata.Length > _settings.OffsetMetadataMaxLength)
            {
                errors[i] = ErrorCode.OffsetMetadataTooLarge;
                continue;
            }

            entries.Add(new OffsetEntry
            {
                Partition = offset.Partition,
                Value = new CommittedOffset
                {
                    Offset = offset.Offset,
                    LeaderEpoch = offset.LeaderEpoch,
                    Metadata = offset.Metadata ?? "",
                    CommitTimestamp = now.UnixMs,
                    ExpireTimestamp = command.RetentionMs < 0 ? -1 : now.UnixMs + command.RetentionMs,
                },
            });
        }

        WriteOffsets(request, [.. entries], errors);
    }

    /// <summary>
    /// The committed positions of some partitions, or of all. A new owner sees every commit of the former one that was taken: its
    /// assignment was written, and so took effect, after them.
    /// </summary>
    public FetchOffsetsResult FetchOffsets(GroupTopicPartition[]? partitions, string? memberId = null, int memberEpoch = -1)
    {
        if (_consumers?.CheckFetch(memberId, memberEpoch) is { } error and not ErrorCode.None)
        {
            return new FetchOffsetsResult { Error = error };
        }

        return new FetchOffsetsResult
        {
            Offsets = partitions is null
                ? [.. _offsets.Select(offset => new OffsetEntry { Partition = offset.Key, Value = offset.Value })]
                : [.. partitions.Distinct().Where(_offsets.ContainsKey).Select(partition => new OffsetEntry { Partition = partition, Value = _offsets[partition] })],
        };
    }

    /// <summary>Positions are forgotten; answered with an <see cref="OffsetsResult"/>.</summary>
    public void DeleteOffsets(long request, GroupTopicPartition[] partitions, Moment now)
    {
        _now = now;
        var isConsumer = _consumers is not null || _protocolType == ConsumerSubscription.ProtocolType;
        var refusal = State switch
        {
            GroupState.Dead => ErrorCode.GroupIdNotFound,
            GroupState.Empty => ErrorCode.None,
            _ => isConsumer ? ErrorCode.None : ErrorCode.NonEmptyGroup,
        };
        if (refusal is not ErrorCode.None)
        {
            _outbox.Answer(request, new OffsetsResult { Error = refusal });
            return;
        }

        var errors = Array.ConvertAll(partitions, partition =>
            State is not GroupState.Empty && IsSubscribedTo(partition.Topic) ? ErrorCode.GroupSubscribedToTopic : ErrorCode.None);
        var entries = partitions
            .Where((partition, i) => errors[i] is ErrorCode.None && _offsets.ContainsKey(partition))
            .Distinct()
            .Select(partition => new OffsetEntry { Partition = partition });
        WriteOffsets(request, [.. entries], errors);
    }

    private void WriteOffsets(long request, OffsetEntry[] entries, ErrorCode[] errors)
    {
        if (entries.Length == 0)
        {
            _outbox.Answer(request, new OffsetsResult { PartitionErrors = errors });
            return;
        }

        Write(new GroupWrite { GroupId = _groupId, Offsets = entries }, error =>
        {
            if (error is ErrorCode.None)
            {
                Apply(entries);
                ForgetProgress(entries);
            }

            _outbox.Answer(request, error is ErrorCode.None ? new OffsetsResult { PartitionErrors = errors } : new OffsetsResult { Error = error });
        });
    }

    private ErrorCode CheckCommit(CommitOffsetsCommand command)
    {
        if (_consumers is not null)
        {
            return _consumers.CheckCommit(command);
        }

        // From outside the membership: administrators, and consumers that choose their partitions themselves.
        if (State is GroupState.Dead or GroupState.Empty && command.Generation < 0)
        {
            return ErrorCode.None;
        }

        if (State is GroupState.Dead)
        {
            return command.UnknownGroup;
        }

        if (Check(command.MemberId, command.InstanceId) is var error and not ErrorCode.None)
        {
            return error;
        }

        if (command.Generation != _generation)
        {
            return ErrorCode.IllegalGeneration;
        }

        // It has joined the generation and so no longer owns what it had; what it will own is not known yet.
        return State is GroupState.CompletingRebalance ? ErrorCode.RebalanceInProgress : ErrorCode.None;
    }

    private void Apply(OffsetEntry[] entries)
    {
        foreach (var entry in entries)
        {
            Apply(entry);
        }
    }

    /// <summary>Positions that were not reported record by record begin a new count.</summary>
    private void ForgetProgress(OffsetEntry[] entries)
    {
        foreach (var entry in entries)
        {
            _keySlots.Forget(entry.Partition);
        }
    }

    private void Apply(OffsetEntry entry)
    {
        if (entry.Value is { } value)
        {
            _offsets[entry.Partition] = value;
            if (State is GroupState.Dead)
            {
                Enter(GroupState.Empty);
            }
        }
        else
        {
            _offsets.Remove(entry.Partition);
        }
    }

    /// <summary>Whether a member of a consumer group reads the topic; yes when its metadata cannot be understood.</summary>
    private bool IsSubscribedTo(string topic) => _consumers?.IsSubscribedTo(topic) ??
        (_protocolType == ConsumerSubscription.ProtocolType
        && _members.Values.Any(member => ConsumerSubscription.Read(member.MetadataFor(_protocol)) is not { } subscription || subscription.Topics.Contains(topic)));
}
