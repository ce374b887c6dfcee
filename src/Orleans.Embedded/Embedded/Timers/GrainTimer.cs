using Microsoft.Extensions.Logging;
using Orleans.Embedded.Activations;
using Orleans.Runtime;

namespace Orleans.Embedded.Timers;

/// <summary>
/// A timer of an activation. The clock only queues a tick; the tick runs as a request, and the next one is set when it ended, so
/// that ticks never pile up. <see cref="Change"/> and <see cref="Dispose"/> belong to the activation's turns.
/// </summary>
internal abstract class GrainTimer : ActivationRequest, IGrainTimer
{
    private static readonly TimeSpan _longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly Activation _activation;
    private readonly ILogger _logger;
    private readonly GrainTimerCreationOptions _options;
    private readonly ITimer _timer;
    private readonly CancellationTokenSource _disposal = new();
    private TimeSpan _dueTime;
    private TimeSpan _period;
    private int _isFiring;
    private bool _isChanged;

    protected GrainTimer(Activation activation, TimeProvider time, ILogger logger, GrainTimerCreationOptions options)
    {
        _activation = activation;
        _logger = logger;
        _options = options;
        _timer = NewTimer(time);
        activation.AddTimer(this);
    }

    public override bool IsReadOnly => false;

    public override bool IsAlwaysInterleave => _options.Interleave;

    public override bool IsKeepAlive => _options.KeepAlive;

    public override Guid ReentrancyId => Guid.Empty;

    public override bool IsAbandoned => _disposal.IsCancellationRequested;

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Validate(dueTime, nameof(dueTime));
        Validate(period, nameof(period));
        _isChanged = true;
        _dueTime = dueTime;
        _period = period;
        if (Volatile.Read(ref _isFiring) == 0)
        {
            Set(dueTime);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _activation.RemoveTimer(this);
        try
        {
            _disposal.Cancel();
        }
        catch (AggregateException failure)
        {
            _logger.TimerCancellationFailed(failure, _activation);
        }
    }

    public override async Task Run(Activation activation)
    {
        _isChanged = false;
        try
        {
            await Tick(_disposal.Token);
        }
        catch (Exception failure)
        {
            _logger.TickFailed(failure, _activation);
        }

        Volatile.Write(ref _isFiring, 0);
        if (!_disposal.IsCancellationRequested)
        {
            Set(_isChanged ? _dueTime : _period);
        }
    }

    /// <summary>Ticks end with their activation.</summary>
    public override void Forward() => Dispose();

    public override void Reject(Exception reason) => Dispose();

    protected abstract Task Tick(CancellationToken cancellationToken);

    /// <summary>The request context of the call that makes the timer is not that of its ticks.</summary>
    private ITimer NewTimer(TimeProvider time)
    {
        using var suppressed = ExecutionContext.IsFlowSuppressed() ? default(AsyncFlowControl?) : ExecutionContext.SuppressFlow();
        return time.CreateTimer(static self => ((GrainTimer)self!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private static void Validate(TimeSpan time, string name)
    {
        if ((time < TimeSpan.Zero && time != Timeout.InfiniteTimeSpan) || time > _longest)
        {
            throw new ArgumentOutOfRangeException(name, time, "Neither a time from zero to 49 days nor infinite.");
        }
    }

    private void Fire()
    {
        // A tick that waits already stands for this one too: the same object must not get in line twice.
        if (Interlocked.Exchange(ref _isFiring, 1) == 0)
        {
            _activation.Send(this);
        }
    }

    private void Set(TimeSpan dueTime) => _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
}

/// <inheritdoc/>
internal sealed class GrainTimer<TState>(
    Activation activation,
    TimeProvider time,
    ILogger logger,
    Func<TState, CancellationToken, Task> callback,
    TState state,
    GrainTimerCreationOptions options)
    : GrainTimer(activation, time, logger, options)
{
    protected override Task Tick(CancellationToken cancellationToken) => callback(state, cancellationToken);
}
