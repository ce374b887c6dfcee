using Orleans.Runtime;

namespace Orleans.Embedded.Calls;

/// <summary>
/// The calls whose callers wait, so that each gets an outcome: a timeout, or the silo's end. Time is counted in steps of a sweep,
/// which makes adding and removing a call a few links under a lock that is rarely contended. Any thread.
/// </summary>
internal sealed class PendingCalls : IDisposable
{
    private static readonly TimeSpan _longestStep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _shortestStep = TimeSpan.FromMilliseconds(10);

    private readonly Stripe[] _stripes;
    private readonly TimeSpan _step;
    private readonly TimeSpan _defaultTimeout;
    private readonly bool _cancelOnTimeout;
    private readonly ITimer _timer;
    private int _now;

    public PendingCalls(TimeProvider time, TimeSpan defaultTimeout, bool cancelOnTimeout)
    {
        _defaultTimeout = defaultTimeout;
        _cancelOnTimeout = cancelOnTimeout;
        _step = defaultTimeout == Timeout.InfiniteTimeSpan ? _longestStep : defaultTimeout / 4;
        _step = _step > _longestStep ? _longestStep : _step < _shortestStep ? _shortestStep : _step;
        _stripes = [.. Enumerable.Range(0, 2 * Environment.ProcessorCount).Select(_ => new Stripe())];
        _timer = time.CreateTimer(static self => ((PendingCalls)self!).Sweep(), this, _step, _step);
    }

    public void Add(GrainCall call)
    {
        var timeout = call.Method.ResponseTimeout ?? _defaultTimeout;
        call.Pending.Deadline = timeout == Timeout.InfiniteTimeSpan
            ? int.MaxValue
            : Volatile.Read(ref _now) + 1 + (int)Math.Min(int.MaxValue / 2, Math.Ceiling(timeout / _step));
        _stripes[Thread.GetCurrentProcessorId() % _stripes.Length].Add(call);
    }

    /// <summary>Takes the call out, if it is in anywhere.</summary>
    public static void Remove(GrainCall call) => call.Pending.Stripe?.Remove(call);

    /// <summary>All callers get the exception.</summary>
    public void FailAll(Exception exception)
    {
        foreach (var call in _stripes.SelectMany(stripe => stripe.Take(int.MaxValue)))
        {
            call.Fail(exception);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Sweep()
    {
        var now = Interlocked.Increment(ref _now);
        foreach (var call in _stripes.SelectMany(stripe => stripe.Take(now)))
        {
            var timeout = call.Method.ResponseTimeout ?? _defaultTimeout;
            if (call.Fail(new TimeoutException($"Response did not arrive on time in {timeout} for message: {call}.")) && _cancelOnTimeout)
            {
                call.Cancellation?.Request();
            }
        }
    }

    /// <summary>A call's place in a stripe; guarded by the stripe's lock.</summary>
    internal struct Slot
    {
        public Stripe? Stripe;
        public GrainCall? Previous;
        public GrainCall? Next;
        public int Deadline;
    }

    /// <summary>A doubly linked list through the calls.</summary>
    internal sealed class Stripe
    {
        private readonly Lock _lock = new();
        private GrainCall? _first;

        public void Add(GrainCall call)
        {
            lock (_lock)
            {
                // The outcome may have come already, before there was anything to remove.
                if (call.HasOutcome)
                {
                    return;
                }

                call.Pending.Next = _first;
                if (_first is not null)
                {
                    _first.Pending.Previous = call;
                }

                _first = call;
                call.Pending.Stripe = this;
            }
        }

        public void Remove(GrainCall call)
        {
            lock (_lock)
            {
                Unlink(call);
            }
        }

        /// <summary>Takes out those whose deadline is not after the given step.</summary>
        public List<GrainCall> Take(int step)
        {
            var due = new List<GrainCall>();
            lock (_lock)
            {
                for (var call = _first; call is not null;)
                {
                    var next = call.Pending.Next;
                    if (call.Pending.Deadline <= step)
                    {
                        due.Add(call);
                        Unlink(call);
                    }

                    call = next;
                }
            }

            return due;
        }

        private void Unlink(GrainCall call)
        {
            ref var slot = ref call.Pending;
            if (slot.Stripe is null)
            {
                return;
            }

            if (slot.Previous is null)
            {
                _first = slot.Next;
            }
            else
            {
                slot.Previous.Pending.Next = slot.Next;
            }

            if (slot.Next is not null)
            {
                slot.Next.Pending.Previous = slot.Previous;
            }

            slot = default;
        }
    }
}
