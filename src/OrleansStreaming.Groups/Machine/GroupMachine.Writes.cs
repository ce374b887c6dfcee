using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Machine;

public sealed partial class GroupMachine
{
    // In the order of the log: what a write decided takes effect after everything decided before it.
    private readonly Queue<PendingWrite> _writes = new();
    private long _lastWrite;

    // Whether a metadata record of the group may be in the log.
    private bool _isWritten;

    /// <summary>A write is committed, or was refused.</summary>
    public void Written(long id, ErrorCode error, Moment now)
    {
        _now = now;
        foreach (var write in _writes)
        {
            if (write.Id == id)
            {
                write.Outcome = ForClients(error, write.TooLarge);
            }
        }

        while (_writes.TryPeek(out var first) && first.Outcome is { } outcome)
        {
            _writes.Dequeue();
            first.Completed(outcome);
        }
    }

    private void Write(GroupWrite write, Action<ErrorCode> completed)
    {
        var id = ++_lastWrite;
        if (write.Records.Length > 0 && ReferenceEquals(write.Records, _tombstonesDue))
        {
            completed += error => _tombstonesDue = error is ErrorCode.None && ReferenceEquals(write.Records, _tombstonesDue) ? [] : _tombstonesDue;
        }

        _isWritten |= write.MetadataChange is GroupMetadataChange.Put;
        var tooLarge = write.MetadataChange is GroupMetadataChange.None ? ErrorCode.InvalidCommitOffsetSize : ErrorCode.UnknownServerError;
        _writes.Enqueue(new PendingWrite(id, completed, tooLarge));
        _outbox.Write(id, write);
    }

    /// <summary>Runs when everything that is being written now has taken effect.</summary>
    private void AfterWrites(Action then)
    {
        if (_writes.Count == 0)
        {
            then();
        }
        else
        {
            _writes.Enqueue(new PendingWrite(++_lastWrite, _ => then(), ErrorCode.None) { Outcome = ErrorCode.None });
        }
    }

    /// <summary>An append's refusal in terms that group clients act upon: look for the coordinator, now or later.</summary>
    private static ErrorCode ForClients(ErrorCode error, ErrorCode tooLarge) => error switch
    {
        ErrorCode.UnknownTopicOrPartition or ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend
            or ErrorCode.RequestTimedOut => ErrorCode.CoordinatorNotAvailable,
        ErrorCode.NotLeaderOrFollower or ErrorCode.FencedLeaderEpoch or ErrorCode.KafkaStorageError => ErrorCode.NotCoordinator,
        ErrorCode.MessageTooLarge or ErrorCode.RecordListTooLarge => tooLarge,
        _ => error,
    };

    private sealed class PendingWrite(long id, Action<ErrorCode> completed, ErrorCode tooLarge)
    {
        public long Id { get; } = id;

        public Action<ErrorCode> Completed { get; } = completed;

        /// <summary>What a client is told when the records do not fit into a batch.</summary>
        public ErrorCode TooLarge { get; } = tooLarge;

        public ErrorCode? Outcome { get; set; }
    }
}
