using OrleansStreaming.Client.Groups;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Consuming;

/// <summary>What a consumer reads, from the first enumeration until it is closed: starts and stops who assigns partitions. Any thread.</summary>
internal sealed class ConsumerReading(ConsumerSession session) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _closing = new();
    private IReadOnlyList<string> _topics = [.. session.Options.Topics];
    private IReadOnlyList<TopicPartition> _partitions = [];
    private IGroupMembership? _member;
    private CancellationTokenSource? _stopAssigning;
    private Task _assigning = Task.CompletedTask;
    private Task _committing = Task.CompletedTask;
    private bool _isStarted;
    private bool _isEnumerating;

    public bool IsClosed => _closing.IsCancellationRequested;

    public CancellationToken Closing => _closing.Token;

    public void Subscribe(IReadOnlyList<string> topics)
    {
        lock (_gate)
        {
            ThrowIfClosed();
            (_topics, _partitions) = (topics, []);
            if (_member is not null)
            {
                _member.Subscribe(topics);
            }
            else
            {
                Restart();
            }
        }
    }

    public void Assign(IReadOnlyList<TopicPartition> partitions)
    {
        lock (_gate)
        {
            ThrowIfClosed();
            (_topics, _partitions) = ([], partitions);
            Restart();
        }
    }

    /// <summary>Goes to an offset, now or when the partition is assigned.</summary>
    public void Seek(TopicPartition partition, Offset offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset.Value, nameof(offset));
        lock (_gate)
        {
            ThrowIfClosed();
            if (session.IsKeyBased)
            {
                throw new InvalidOperationException("A member of a key-based group cannot seek: the group keeps what is finished, not a position.");
            }

            if (session.TrySeek(partition, offset))
            {
                return;
            }

            // Without a group this consumer alone decides what is assigned, and is about to.
            if (!_partitions.Contains(partition) && (session.Offsets is not null || !_topics.Contains(partition.Topic)))
            {
                throw new InvalidOperationException($"{partition} is not assigned to this consumer: seek from IAssignmentListener.OnAssignedAsync, or after Assign.");
            }

            session.SeekLater(partition, offset);
        }
    }

    /// <summary>Begins an enumeration, and reading with the first.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            ThrowIfClosed();
            if (_isEnumerating)
            {
                throw new InvalidOperationException("Another enumeration of this consumer runs: use one at a time, or another consumer of the same group.");
            }

            if (_topics.Count == 0 && _partitions.Count == 0)
            {
                throw new InvalidOperationException("There is nothing to read: set ConsumerOptions.Topics, or call Subscribe or Assign.");
            }

            _isEnumerating = true;
            session.Forgive();

            // What assigns may have failed since, and the failure been told: an enumeration begins anew.
            if (!_isStarted || _assigning.IsCompleted)
            {
                var isFirst = !_isStarted;
                _isStarted = true;
                if (isFirst && session.Offsets is not null && session.Options.CommitMode == CommitMode.Automatic)
                {
                    _committing = Task.Run(() => session.CommitPeriodicallyAsync(_closing.Token), CancellationToken.None);
                }

                if (isFirst || _member is not null || session.Assignment.Count == 0)
                {
                    Start(_assigning);
                }
            }
        }
    }

    public void End()
    {
        lock (_gate)
        {
            _isEnumerating = false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_closing.IsCancellationRequested)
            {
                return;
            }

            _closing.Cancel();
            _stopAssigning?.Cancel();
        }

        await _assigning.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _committing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await session.CloseAsync().ConfigureAwait(false);
        if (_member is not null)
        {
            await _member.LeaveAsync().ConfigureAwait(false);
        }
    }

    public void ThrowIfClosed()
    {
        if (IsClosed)
        {
            throw new ClientClosedException("The consumer is closed. Make a new one; with the same group it goes on where this one stopped.");
        }
    }

    private IGroupMembership NewMember() => session.Options.IsKeyBased ? new KeyGroupMember(session, _topics) : new GroupMember(session, _topics);

    /// <summary>Under the gate.</summary>
    private void Restart()
    {
        if (_isStarted)
        {
            _stopAssigning?.Cancel();
            Start(_assigning);
        }
    }

    /// <summary>Under the gate.</summary>
    private void Start(Task former)
    {
        _stopAssigning = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        var stopping = _stopAssigning.Token;
        var formerMember = _member;
        _member = session.Offsets is not null && _partitions.Count == 0 ? NewMember() : null;
        session.IsGroupMember = _member is not null;
        session.KeyReports = _member as KeyGroupMember;
        var (member, follower) = (_member, new TopicFollower(session, _topics, _partitions));
        _assigning = Task.Run(
            async () =>
            {
                await former.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await session.RemoveAsync(session.Assignment, isLost: false, stopping).ConfigureAwait(false);
                if (formerMember is not null)
                {
                    await formerMember.LeaveAsync().ConfigureAwait(false);
                    session.Offsets!.Member = Membership.None;
                }

                await (member?.RunAsync(stopping) ?? follower.RunAsync(stopping)).ConfigureAwait(false);
            },
            CancellationToken.None);
    }
}
