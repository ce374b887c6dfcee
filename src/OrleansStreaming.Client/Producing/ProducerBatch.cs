using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Producing;

/// <summary>
/// A batch on its way, and the outcome of each of its records: the token is the record's place in the batch, so that awaiting a
/// record allocates nothing. Filled under its sender's lock; completed once.
/// </summary>
internal sealed class ProducerBatch(TopicPartition partition, BatchBuilder builder, long createdAt, long order) : IValueTaskSource<ProduceResult>
{
    /// <summary>Records a batch holds at most: tokens are 16 bits.</summary>
    public const int MaxRecords = short.MaxValue;

    private readonly Lock _gate = new();
    private List<Awaiter>? _awaiters;
    private TaskCompletionSource? _done;
    private long[] _timestamps = new long[16];
    private volatile bool _isCompleted;
    private ExceptionDispatchInfo? _failure;
    private Offset _baseOffset;
    private long _logAppendTime;

    public TopicPartition Partition { get; } = partition;

    public BatchBuilder Builder { get; } = builder;

    /// <summary>False once the builder's memory may be in the hands of a call that never ended: it is left to the collector.</summary>
    public bool OwnsBuilder { get; private set; } = true;

    /// <summary>Its place among the batches of its partition.</summary>
    public long Order { get; } = order;

    /// <summary>The clock's timestamp of the first record.</summary>
    public long CreatedAt { get; } = createdAt;

    public int Count { get; private set; }

    /// <summary>Bytes of the buffer that its records hold.</summary>
    public long ReservedBytes { get; private set; }

    /// <summary>The greatest timestamp, milliseconds since 1970.</summary>
    public long MaxTimestamp { get; private set; } = long.MinValue;

    /// <summary>The first record's sequence; meaningful once the batch is numbered.</summary>
    public int BaseSequence { get; set; }

    /// <summary>The finished bytes; empty before the first send.</summary>
    public Memory<byte> Bytes { get; set; }

    /// <summary>How often it was sent.</summary>
    public int Attempts { get; set; }

    /// <summary>A call was cut off: the records may be stored.</summary>
    public bool IsOutcomeUnknown { get; set; }

    /// <summary>Why the last try failed.</summary>
    public string LastFailure { get; set; } = "nothing was tried";

    /// <summary>Adds a record; its token.</summary>
    public short Append(long timestamp, ReadOnlyMemory<byte>? key, ReadOnlyMemory<byte>? value, ReadOnlySpan<RecordHeader> headers, long reserved)
    {
        Builder.Append(timestamp, key, value, headers);
        if (Count == _timestamps.Length)
        {
            Array.Resize(ref _timestamps, Count * 2);
        }

        _timestamps[Count] = timestamp;
        ReservedBytes += reserved;
        MaxTimestamp = Math.Max(MaxTimestamp, timestamp);
        return (short)Count++;
    }

    /// <summary>Goes on with a copy of the bytes, since the builder's may still be read by a call that was given up.</summary>
    public void Abandon()
    {
        Bytes = Bytes.ToArray();
        OwnsBuilder = false;
    }

    /// <summary>Completes, also by failure, with the batch; never fails itself.</summary>
    public Task WhenDone()
    {
        lock (_gate)
        {
            return _isCompleted
                ? Task.CompletedTask
                : (_done ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <param name="baseOffset">The first record's offset; none when it is not known.</param>
    /// <param name="logAppendTime">Milliseconds since 1970, or -1 when the records' own times count.</param>
    public void Succeed(Offset baseOffset, long logAppendTime)
    {
        if (!_isCompleted)
        {
            (_baseOffset, _logAppendTime) = (baseOffset, logAppendTime);
            Complete();
        }
    }

    public void Fail(Exception failure)
    {
        if (!_isCompleted)
        {
            _failure = ExceptionDispatchInfo.Capture(failure);
            Complete();
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) =>
        !_isCompleted ? ValueTaskSourceStatus.Pending
        : _failure is null ? ValueTaskSourceStatus.Succeeded
        : ValueTaskSourceStatus.Faulted;

    public ProduceResult GetResult(short token)
    {
        if (!_isCompleted)
        {
            throw new InvalidOperationException("The record is not acknowledged yet: await it.");
        }

        _failure?.Throw();
        return new ProduceResult(
            Partition,
            _baseOffset == Offset.None ? Offset.None : _baseOffset + token,
            DateTimeOffset.FromUnixTimeMilliseconds(_logAppendTime >= 0 ? _logAppendTime : _timestamps[token]));
    }

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        var awaiter = new Awaiter(continuation, state, flags);
        lock (_gate)
        {
            if (!_isCompleted)
            {
                (_awaiters ??= []).Add(awaiter);
                return;
            }
        }

        awaiter.Continue();
    }

    private void Complete()
    {
        List<Awaiter>? awaiters;
        lock (_gate)
        {
            _isCompleted = true;
            awaiters = _awaiters;
            _awaiters = null;
        }

        _done?.TrySetResult();
        foreach (var awaiter in awaiters ?? [])
        {
            awaiter.Continue();
        }
    }

    /// <summary>Someone who awaits a record, and where to go on: never on the thread that completes the batch.</summary>
    private readonly struct Awaiter
    {
        private readonly Action<object?> _continuation;
        private readonly object? _state;
        private readonly ExecutionContext? _context;
        private readonly object? _scheduler;

        public Awaiter(Action<object?> continuation, object? state, ValueTaskSourceOnCompletedFlags flags)
        {
            _continuation = continuation;
            _state = state;
            _context = flags.HasFlag(ValueTaskSourceOnCompletedFlags.FlowExecutionContext) ? ExecutionContext.Capture() : null;
            if (flags.HasFlag(ValueTaskSourceOnCompletedFlags.UseSchedulingContext))
            {
                _scheduler = SynchronizationContext.Current is { } context && context.GetType() != typeof(SynchronizationContext) ? context
                    : TaskScheduler.Current != TaskScheduler.Default ? TaskScheduler.Current
                    : null;
            }
        }

        public void Continue()
        {
            switch (_scheduler)
            {
                case SynchronizationContext context:
                    context.Post(static self => ((Awaiter)self!).Run(), this);
                    break;
                case TaskScheduler scheduler:
                    Task.Factory.StartNew(static self => ((Awaiter)self!).Run(), this, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
                    break;
                default:
                    if (_context is null)
                    {
                        ThreadPool.UnsafeQueueUserWorkItem(_continuation, _state, preferLocal: true);
                    }
                    else
                    {
                        ThreadPool.UnsafeQueueUserWorkItem(static self => self.Run(), this, preferLocal: true);
                    }

                    break;
            }
        }

        private void Run()
        {
            if (_context is null)
            {
                _continuation(_state);
            }
            else
            {
                ExecutionContext.Run(_context, static self => ((Awaiter)self!)._continuation(((Awaiter)self)._state), this);
            }
        }
    }
}
