using Microsoft.Extensions.Logging;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Metrics;
using OrleansStreaming.Replication.Partitions;
using OrleansStreaming.Replication.Replicas;

namespace OrleansStreaming.Replication.Links;

/// <summary>
/// Everything that goes from this broker's leaders to one other broker's followers. A replica that has something is sent at once
/// while few messages are under way; what comes meanwhile travels together in the next one, so that batches grow with the load
/// and no timer delays a record. Any thread.
/// </summary>
internal sealed partial class BrokerLink : IThreadPoolWorkItem
{
    /// <summary>
    /// How much later than it should a high watermark may be told over a busy link when in the end no message comes by that it could
    /// ride with. There nearly always is one, and a timer for each that then finds nothing to do is a good part of what a crowd
    /// of small writes costs.
    /// </summary>
    private static readonly TimeSpan _busySlack = TimeSpan.FromMilliseconds(75);

    private readonly Lock _gate = new();
    private readonly ReadyQueue _queue = new();
    private readonly BrokerId _self;
    private readonly BrokerId _peer;
    private readonly LinkOptions _options;
    private readonly Func<ReplicateRequest, Task<ReplicateResponse>> _send;
    private readonly Func<TimeSpan> _now;
    private readonly TimeProvider _time;
    private readonly ReplicationMetrics _metrics;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private int _underWay;
    private bool _isPumping;
    private bool _isDown;
    private TimeSpan _lastSent = TimeSpan.MinValue / 2;
    private TimeSpan _busyUntil = TimeSpan.MinValue;

    public BrokerLink(
        BrokerId self,
        BrokerId peer,
        LinkOptions options,
        Func<ReplicateRequest, Task<ReplicateResponse>> send,
        Func<TimeSpan> now,
        TimeProvider time,
        ReplicationMetrics metrics,
        ILogger logger)
    {
        _self = self;
        _peer = peer;
        _options = options;
        _send = send;
        _now = now;
        _time = time;
        _metrics = metrics;
        _logger = logger;
        _timer = time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The replica is asked for a part, now or when its time has come.</summary>
    public void Ready(LocalReplica replica, TimeSpan at, bool isCatchingUp)
    {
        var now = _now();
        lock (_gate)
        {
            if (at <= now)
            {
                _queue.Add(replica, isCatchingUp);
                Pump();
            }
            else
            {
                AddLater(replica, isCatchingUp, at, now);
            }
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        while (Collect() is { } parts)
        {
            _ = SendAsync(parts);
        }
    }

    /// <summary>The parts of the next message; null when there are none, or enough messages are under way.</summary>
    private List<PreparedPart>? Collect()
    {
        while (true)
        {
            lock (_gate)
            {
                if (_queue.IsEmpty || _underWay == _options.MaxUnderWay)
                {
                    _isPumping = false;
                    return null;
                }

                _underWay++;
            }

            var parts = new List<PreparedPart>();
            var live = _options.MessageBytes - (HasCatchUp() ? _options.CatchUpBytes : 0);
            Fill(parts, isCatchingUp: false, live);
            Fill(parts, isCatchingUp: true, parts.Count == 0 ? _options.MessageBytes : _options.CatchUpBytes);
            if (parts.Count > 0)
            {
                AddRiders(parts);
                NoteSending();
                return parts;
            }

            lock (_gate)
            {
                _underWay--;
            }
        }
    }

    private void Fill(List<PreparedPart> parts, bool isCatchingUp, int bytes)
    {
        while (bytes > 0)
        {
            LocalReplica? replica;
            lock (_gate)
            {
                replica = _queue.Take(isCatchingUp);
            }

            if (replica is null)
            {
                return;
            }

            if (replica.TryPrepare(_peer, Math.Min(bytes, _options.PartBytes), out var part))
            {
                parts.Add(part);
                bytes -= part.Part.Records.Length + LinkOptions.PartOverheadBytes;
            }
        }
    }

    /// <summary>High watermarks that wait for something to travel with: beside records they cost next to nothing.</summary>
    private void AddRiders(List<PreparedPart> parts)
    {
        var until = _now() + FollowerStream.TellAfter - FollowerStream.RideAfter;
        for (var bytes = _options.RiderBytes; bytes > 0; bytes -= LinkOptions.PartOverheadBytes)
        {
            LocalReplica? rider;
            lock (_gate)
            {
                rider = _queue.TakeRider(until);
            }

            if (rider is null)
            {
                return;
            }

            if (rider.TryPrepare(_peer, _options.PartBytes, out var part))
            {
                parts.Add(part);
            }
        }
    }

    private async Task SendAsync(List<PreparedPart> parts)
    {
        var request = new ReplicateRequest { From = _self, Parts = [.. parts.Select(part => part.Part)] };
        ReplicateResponse? response = null;
        try
        {
            response = await _send(request).WaitAsync(_options.Timeout, _time).ConfigureAwait(false);
            if (response.Answers.Length != parts.Count)
            {
                throw new InvalidOperationException($"Broker {_peer} answered {response.Answers.Length} of {parts.Count} parts.");
            }
        }
        catch (Exception exception)
        {
            response = null;
            ReportDown(exception);
        }

        lock (_gate)
        {
            _underWay--;
            Pump();
        }

        if (response is not null)
        {
            ReportUp();
            Answer(parts, response);
        }
        else
        {
            parts.ForEach(part => part.Replica.OnCallFailed(part.Plan));
        }
    }

    private void Answer(List<PreparedPart> parts, ReplicateResponse response)
    {
        var bytes = 0L;
        for (var i = 0; i < parts.Count; i++)
        {
            bytes += parts[i].Part.Records.Length;
            parts[i].ReturnBuffer();
            parts[i].Replica.OnAnswer(parts[i].Plan, response.BrokerEpoch, response.Answers[i]);
        }

        _metrics.Sent(bytes);
    }

    /// <summary>Under the gate.</summary>
    private void AddLater(LocalReplica replica, bool isCatchingUp, TimeSpan at, TimeSpan now)
    {
        var mayRide = !isCatchingUp && at <= now + FollowerStream.TellAfter;
        var slack = mayRide && now < _busyUntil ? _busySlack : TimeSpan.Zero;
        if (_queue.AddLater(replica, isCatchingUp, at, mayRide, slack))
        {
            Arm(at + slack, now);
        }
    }

    /// <summary>A message is sent: one soon after another makes the link a busy one for a while.</summary>
    private void NoteSending()
    {
        var now = _now();
        lock (_gate)
        {
            if (now - _lastSent <= FollowerStream.TellAfter)
            {
                _busyUntil = now + FollowerStream.TellAfter;
            }

            _lastSent = now;
        }
    }

    private bool HasCatchUp()
    {
        lock (_gate)
        {
            return _queue.HasCatchUp;
        }
    }

    /// <summary>Under the gate.</summary>
    private void Pump()
    {
        if (!_isPumping && !_queue.IsEmpty && _underWay < _options.MaxUnderWay)
        {
            _isPumping = true;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private void Arm(TimeSpan at, TimeSpan now) =>
        _timer.Change(TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling((at - now).TotalMilliseconds))), Timeout.InfiniteTimeSpan);

    private void OnTimer()
    {
        var now = _now();
        lock (_gate)
        {
            if (_queue.AddDue(now) is { } next)
            {
                Arm(next, now);
            }

            Pump();
        }
    }

    private void ReportDown(Exception exception)
    {
        if (!Interlocked.Exchange(ref _isDown, true))
        {
            LogDown(_logger, _peer, exception.Message);
        }
    }

    private void ReportUp()
    {
        if (_isDown && Interlocked.Exchange(ref _isDown, false))
        {
            LogUp(_logger, _peer);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Replication to broker {Peer} is interrupted: {Reason}")]
    private static partial void LogDown(ILogger logger, BrokerId peer, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Replication to broker {Peer} goes on")]
    private static partial void LogUp(ILogger logger, BrokerId peer);
}
