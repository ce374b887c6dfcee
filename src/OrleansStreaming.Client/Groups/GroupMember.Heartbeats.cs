using Microsoft.Extensions.Logging;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Client.Groups;

internal sealed partial class GroupMember
{
    private long _lastProgress;
    private TimeSpan _busyFor;

    private async Task SendHeartbeatsAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(_options.HeartbeatInterval, _link.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested || !_isJoined)
            {
                continue;
            }

            try
            {
                await SendHeartbeatAsync(stopping).ConfigureAwait(false);
            }
            catch (Exception failure) when (!stopping.IsCancellationRequested)
            {
                LogHeartbeatFailed(_logger, _groupId, failure.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task SendHeartbeatAsync(CancellationToken stopping)
    {
        if (IsStuck())
        {
            LogStuck(_logger, _groupId, _options.MaxProcessingTime);
            _isLost = true;
            _isJoined = false;
            await LeaveAsync().ConfigureAwait(false);
            _wake.Set();
            return;
        }

        var command = new HeartbeatCommand { MemberId = _memberId, InstanceId = _options.GroupInstanceId, Generation = _generation };
        var error = await AskAsync(group => group.Heartbeat(command), static answer => answer, stopping).ConfigureAwait(false);
        _session.NoteAnswer();
        if (!_isJoined || command.Generation != _generation)
        {
            return; // joined again meanwhile
        }

        switch (error)
        {
            case ErrorCode.None when !HasGrown():
                return;
            case ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration:
                _isLost = true;
                break;
            case ErrorCode.FencedInstanceId:
                _session.Fail(new RequestRefusedException(
                    error, $"Another consumer has joined group '{_groupId}' as '{_options.GroupInstanceId}'. Give each instance a GroupInstanceId of its own."));
                return;
            case ErrorCode.None or ErrorCode.RebalanceInProgress:
                break;
            default:
                return;
        }

        _wake.Set();
    }

    /// <summary>The application has had the same record in hand for the whole time it may take.</summary>
    private bool IsStuck()
    {
        var (count, isInHand) = _session.Progress();
        _busyFor = isInHand && count == _lastProgress ? _busyFor + _options.HeartbeatInterval : TimeSpan.Zero;
        _lastProgress = count;
        return _busyFor >= _options.MaxProcessingTime;
    }

    /// <summary>The leader looks after topics that got more partitions since it spread them.</summary>
    private bool HasGrown()
    {
        var image = _link.Image;
        return _assignedCounts?.Any(topic => image.Topics.TryGetValue(topic.Key, out var now) && now.Partitions.Count != topic.Value) == true;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Group {Group}, generation {Generation}: {Count} partitions are assigned to this member")]
    private static partial void LogAssigned(ILogger logger, string group, int generation, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Group {Group} could not be joined and is tried again: {Reason}")]
    private static partial void LogJoinFailed(ILogger logger, string group, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Group {Group} did not get the heartbeat: {Reason}")]
    private static partial void LogHeartbeatFailed(ILogger logger, string group, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Group {Group} was not told that this member leaves; it will notice: {Reason}")]
    private static partial void LogLeaveFailed(ILogger logger, string group, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The application has not asked for the next record for {Limit}; this member leaves group {Group} until it does")]
    private static partial void LogStuck(ILogger logger, string group, TimeSpan limit);
}
