using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Partitions;

public sealed partial class ReplicaMachine
{
    /// <summary>
    /// A leader's word to this follower. While <see cref="IsSyncDue"/>, sync before the answer is given: the leader counts what
    /// it says. A leader that learns of a newer one here leads no more.
    /// </summary>
    public ReplicateAnswer Take(ReplicatePart part, BrokerId from)
    {
        var error = _state.Follow(part.LeaderEpoch, from);
        if (error == ErrorCode.None)
        {
            _streams = [];
            error = TryApply(part);
        }

        return Answer(error);
    }

    /// <summary>An answer that says where this replica stands now.</summary>
    public ReplicateAnswer Answer(ErrorCode error) =>
        new(error, _state.Epoch, _log.LogEnd, _log.LastEpoch, _log.LogStart) { IsFailing = IsFailing, IsDamaged = _log.IsDamaged };

    private ErrorCode TryApply(ReplicatePart part)
    {
        try
        {
            if (part.MayDrop && _log.IsDamaged)
            {
                _log.DropDamaged();
            }

            return _log.LogEnd == part.PreviousOffset && _log.LastEpoch == part.PreviousEpoch ? Apply(part) : ErrorCode.OffsetOutOfRange;
        }
        catch (IOException)
        {
            OnDiskRefused();
            return ErrorCode.KafkaStorageError;
        }
        finally
        {
            _state.BoundHighWatermark(_log.LogStart, _log.LogEnd);
        }
    }

    private ErrorCode Apply(ReplicatePart part)
    {
        if (part.StartAnew)
        {
            _log.TruncateFullyAndStartAt(part.LogStart);
            return ErrorCode.None;
        }

        if (part.CutOffset != Offset.None)
        {
            var own = _log.EndOffsetFor(part.CutEpoch).EndOffset;
            _log.TruncateTo(own != Offset.None && own < part.CutOffset ? own : part.CutOffset);
            return ErrorCode.None;
        }

        if (!part.Records.IsEmpty && Append(part.Records) is not ErrorCode.None and var refusal)
        {
            return refusal;
        }

        _state.AdoptHighWatermark(part.HighWatermark, _log.LogEnd);
        if (part.LogStart > _log.LogStart)
        {
            _log.AdvanceLogStart(part.LogStart < _state.HighWatermark ? part.LogStart : _state.HighWatermark);
        }

        return ErrorCode.None;
    }

    private ErrorCode Append(ReadOnlyMemory<byte> records)
    {
        // Records may have been deleted up to the middle of the batch that a new log begins with.
        if (_log.LogStart == _log.LogEnd
            && BatchHeader.TryRead(records.Span, out var first)
            && first.BaseOffset < _log.LogEnd.Value
            && first.NextOffset > _log.LogEnd.Value)
        {
            _log.TruncateFullyAndStartAt(new Offset(first.BaseOffset));
        }

        // The place was right, so that a gap here is the message's fault and not to be tried again at once.
        var error = _log.AppendAsFollower(records);
        if (error == ErrorCode.None)
        {
            OnDiskWorks();
        }
        else if (error == ErrorCode.KafkaStorageError)
        {
            OnDiskRefused();
        }

        return error == ErrorCode.OffsetOutOfRange ? ErrorCode.CorruptMessage : error;
    }
}
