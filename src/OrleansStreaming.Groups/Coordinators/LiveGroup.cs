using Microsoft.Extensions.Logging;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Diagnostics;
using OrleansStreaming.Groups.Machine;
using OrleansStreaming.Groups.Settings;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Coordinators;

/// <summary>
/// A <see cref="GroupMachine"/> with its log and its waiting requests, under one leadership of the group's partition. Over as soon
/// as a write can no longer be vouched for: what the machine believes is then worth nothing until it is loaded again. Used in the
/// turns of the group's grain.
/// </summary>
internal sealed partial class LiveGroup : IGroupOutbox
{
    private readonly WaitingRequests _waiting = new();
    private readonly GroupMachine _machine;
    private readonly GroupGauge _gauge;
    private readonly string _groupId;
    private readonly IGroupPartitionGrain _log;
    private readonly DeadlineTimer _timer;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public LiveGroup(
        string groupId, OpenGroupResult opened, IGroupPartitionGrain log, GroupSettings settings, Func<ClusterImage> image, DeadlineTimer timer, GroupMetrics metrics, TimeProvider time, ILogger logger)
    {
        (_groupId, _log, _timer, _time, _logger) = (groupId, log, timer, time, logger);
        Epoch = opened.Epoch;
        _machine = new GroupMachine(groupId, settings, Guid.NewGuid, image, this);
        _machine.Load(opened.Metadata, opened.Offsets, opened.Records, Now);
        _gauge = new GroupGauge(metrics);
        Settle();
    }

    public LeaderEpoch Epoch { get; }

    public bool IsOver { get; private set; }

    public Moment Now => new((long)_time.GetElapsedTime(0).TotalMilliseconds, _time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>An input whose answer may come later.</summary>
    public Task<T> AskAsync<T>(Func<ErrorCode, T> refuse, Action<GroupMachine, long, Moment> input)
    {
        var (request, answer) = _waiting.Add(refuse);
        input(_machine, request, Now);
        Settle();
        return answer;
    }

    /// <summary>An input that is answered at once.</summary>
    public T Say<T>(Func<GroupMachine, Moment, T> input)
    {
        var answer = input(_machine, Now);
        Settle();
        return answer;
    }

    public void Tell(Action<GroupMachine, Moment> input)
    {
        input(_machine, Now);
        Settle();
    }

    /// <summary>Whoever waits is sent to look for the coordinator.</summary>
    public void End()
    {
        IsOver = true;
        _gauge.Leave();
        _waiting.RefuseAll(ErrorCode.NotCoordinator);
    }

    void IGroupOutbox.Write(long id, GroupWrite write) => _ = WriteAsync(id, write);

    void IGroupOutbox.Answer<T>(long request, T answer) => _waiting.Answer(request, answer);

    private async Task WriteAsync(long id, GroupWrite write)
    {
        ErrorCode error;
        try
        {
            error = await _log.Write(Epoch, write);
        }
        catch (Exception failure)
        {
            LogWriteFailed(_logger, _groupId, failure);
            error = ErrorCode.NotCoordinator;
        }

        if (error is ErrorCode.NotCoordinator)
        {
            End();
        }
        else if (!IsOver)
        {
            Tell((machine, now) => machine.Written(id, error, now));
        }
    }

    /// <summary>After each input: the next deadline, and what is counted.</summary>
    private void Settle()
    {
        _timer.Arm(_machine.NextDeadline, Now);
        _gauge.Update(_machine.Type, _machine.State, _machine.Generation);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Group {Group} could not be written")]
    private static partial void LogWriteFailed(ILogger logger, string group, Exception failure);
}
