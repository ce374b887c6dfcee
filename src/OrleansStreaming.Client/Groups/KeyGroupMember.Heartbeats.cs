using Microsoft.Extensions.Logging;
using OrleansStreaming.Client.Connections;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Client.Groups;

internal sealed partial class KeyGroupMember
{
    private long _lastProgress;
    private TimeSpan _busyFor;

    private async Task BeatRepeatedlyAsync(CancellationToken stopping)
    {
        foreach (var topic in _topics)
        {
            await _link.TopicAsync(topic, create: false, stopping).ConfigureAwait(false);
        }

        var woken = _beatNow.WaitAsync(stopping);
        while (true)
        {
            stopping.ThrowIfCancellationRequested();
            try
            {
                if (!_isLost)
                {
                    await BeatAsync(stopping).ConfigureAwait(false);
                }
            }
            catch (StreamingException failure) when (failure.IsRetriable && _session.UnansweredFor() < _options.UnavailableTimeout)
            {
                LogHeartbeatFailed(_logger, _groupId, failure.Message);
            }

            await Task.WhenAny(woken, Task.Delay(_interval, _link.Time, stopping)).ConfigureAwait(false);
            if (woken.IsCompleted)
            {
                woken = _beatNow.WaitAsync(stopping);
            }
            else
            {
                await LeaveIfStuckAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task BeatAsync(CancellationToken stopping)
    {
        await _calls.WaitAsync(stopping).ConfigureAwait(false);
        try
        {
            var isJoining = _epoch == MemberEpochs.Join;
            var tellsAll = _mustTellAll || isJoining;
            var (owned, hash) = isJoining ? ([], 0) : OwnedNow();

            // Until this is answered, it is not known what the group knows.
            _mustTellAll = true;
            var answer = await SendAsync(
                new ConsumerHeartbeatCommand
                {
                    MemberId = _memberId,
                    MemberEpoch = _epoch,
                    InstanceId = _options.GroupInstanceId,
                    RebalanceTimeoutMs = tellsAll ? (int)Math.Min(int.MaxValue, _options.MaxProcessingTime.TotalMilliseconds) : -1,
                    TopicNames = tellsAll ? [.. _topics] : null,
                    Assignor = tellsAll ? AssignorNames.KeyBased : null,
                    Owned = tellsAll || hash != _lastOwned ? owned : null,
                    IsNative = true,
                },
                _link.Options.RequestTimeout,
                stopping).ConfigureAwait(false);
            _session.NoteAnswer();
            if (Accept(answer))
            {
                _lastOwned = hash;
                _mustTellAll = false;
            }
        }
        finally
        {
            _calls.Release();
        }
    }

    /// <summary>False when the group has to be told all once more.</summary>
    private bool Accept(ConsumerHeartbeatResult answer)
    {
        switch (answer.Error)
        {
            case ErrorCode.None:
                _epoch = answer.MemberEpoch;
                if (answer.HeartbeatIntervalMs > 0 && answer.HeartbeatIntervalMs < _options.HeartbeatInterval.TotalMilliseconds)
                {
                    _interval = TimeSpan.FromMilliseconds(answer.HeartbeatIntervalMs);
                }

                if (answer.Assignment is { } assignment)
                {
                    LogAssigned(_logger, _groupId, _epoch, assignment.Sum(topic => topic.Partitions.Length));
                    _link.Metrics.Rebalanced(_groupId);
                    _wanted = assignment;
                    _session.KeyedNews.Set();
                }

                return true;
            case ErrorCode.UnknownMemberId or ErrorCode.FencedMemberEpoch:
                _isLost = true;
                _session.KeyedNews.Set();
                return false;
            case ErrorCode.UnreleasedInstanceId:
                return false; // until its former self has left, or its session is over
            default:
                throw Refusals.Of(answer.Error, answer.ErrorMessage, $"Group '{_groupId}' does not accept this member");
        }
    }

    /// <summary>The application has had the same record in hand for the whole time it may take: others go on with its slots.</summary>
    private async Task LeaveIfStuckAsync()
    {
        var (count, isInHand) = _session.Progress();
        _busyFor = isInHand && count == _lastProgress ? _busyFor + _interval : TimeSpan.Zero;
        _lastProgress = count;
        if (_busyFor >= _options.MaxProcessingTime && !_isLost)
        {
            LogStuck(_logger, _groupId, _options.MaxProcessingTime);
            await LeaveAsync().ConfigureAwait(false);
            _isLost = true;
            _session.KeyedNews.Set();
        }
    }

    private (TopicPartitions[] Owned, int Hash) OwnedNow()
    {
        var image = _link.Image;
        var hash = default(HashCode);
        var owned = new List<TopicPartitions>();
        foreach (var topic in _session.OwnedSlots().Where(entry => image.Topics.ContainsKey(entry.Key.Topic)).GroupBy(entry => entry.Key.Topic).OrderBy(topic => topic.Key, StringComparer.Ordinal))
        {
            int[] units = [.. topic.SelectMany(entry => entry.Value.Select(slot => KeySlots.Unit(entry.Key.Partition, slot))).Order()];
            hash.Add(topic.Key);
            foreach (var unit in units)
            {
                hash.Add(unit);
            }

            owned.Add(new TopicPartitions { TopicId = image.Topics[topic.Key].Id, Partitions = units });
        }

        return ([.. owned], owned.Count == 0 ? 0 : hash.ToHashCode());
    }

    private Task<ConsumerHeartbeatResult> SendAsync(ConsumerHeartbeatCommand command, TimeSpan patience, CancellationToken cancellationToken) =>
        _coordinators.AskAsync(_groupId, group => group.ConsumerHeartbeat(command), static answer => answer.Error, patience, cancellationToken);

    [LoggerMessage(Level = LogLevel.Information, Message = "Group {Group}, epoch {Epoch}: {Count} key slots are assigned to this member")]
    private static partial void LogAssigned(ILogger logger, string group, int epoch, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Group {Group} did not get the heartbeat: {Reason}")]
    private static partial void LogHeartbeatFailed(ILogger logger, string group, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The application has not asked for the next record for {Limit}; this member leaves group {Group} until it does")]
    private static partial void LogStuck(ILogger logger, string group, TimeSpan limit);
}
