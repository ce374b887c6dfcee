namespace OrleansStreaming.Groups.Coordinators;

/// <summary>
/// When the writers of a broker's offsets partitions append. Few writers: at once. A crowd of them: in common rounds, so that what
/// many groups commit close to one another reaches the followers in one message, not each in its own; that is most of what a
/// commit costs. One per silo; any thread.
/// </summary>
internal sealed class WriteRounds
{
    /// <summary>What a commit may wait for company; well below what consumers notice, and a fraction of their commit interval.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(12);

    /// <summary>So many partitions written in two spans of <see cref="CrowdSpan"/> are a crowd. A few consumers that wait for each of their commits are none.</summary>
    public const int CrowdSize = 4;

    public static readonly TimeSpan CrowdSpan = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private HashSet<object> _writers = new(ReferenceEqualityComparer.Instance);
    private HashSet<object> _writersBefore = new(ReferenceEqualityComparer.Instance);
    private long _spanStart;
    private TaskCompletionSource? _next;
    private bool _isTicking;

    public WriteRounds(TimeProvider time)
    {
        _time = time;
        _spanStart = time.GetTimestamp();
        _timer = time.CreateTimer(static rounds => ((WriteRounds)rounds!).Begin(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Completes when the writer is to append what waits by then: now, or with the next round.</summary>
    public Task NextAsync(object writer)
    {
        lock (_gate)
        {
            Note(writer);
            if (_writers.Count < CrowdSize && _writersBefore.Count < CrowdSize)
            {
                return Task.CompletedTask;
            }

            _next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!_isTicking)
            {
                _isTicking = Arm();
            }

            return _next.Task;
        }
    }

    /// <summary>
    /// For the next whole interval of the clock: brokers whose clocks agree begin together, so that a broker's own round, its
    /// peers' messages and their answers come close to one another and wake it up once.
    /// </summary>
    private bool Arm()
    {
        var left = Interval.Ticks - (_time.GetUtcNow().Ticks % Interval.Ticks);
        return _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling((double)left / TimeSpan.TicksPerMillisecond)), Timeout.InfiniteTimeSpan);
    }

    private void Note(object writer)
    {
        var elapsed = _time.GetElapsedTime(_spanStart);
        if (elapsed >= CrowdSpan)
        {
            (_writers, _writersBefore) = (_writersBefore, _writers);
            _writers.Clear();
            if (elapsed >= 2 * CrowdSpan)
            {
                _writersBefore.Clear();
            }

            _spanStart = _time.GetTimestamp();
        }

        _writers.Add(writer);
    }

    private void Begin()
    {
        TaskCompletionSource? round;
        lock (_gate)
        {
            (round, _next) = (_next, null);

            // Arming a timer wakes a thread, so that it ticks on while there is something to do.
            _isTicking = round is not null && Arm();
        }

        round?.SetResult();
    }
}
