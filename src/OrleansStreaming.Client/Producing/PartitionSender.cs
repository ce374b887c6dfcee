using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Producing;

/// <summary>
/// The records of one partition, from the buffer to the broker, in order. Appending takes a short lock; sending happens on one
/// pool thread at a time. What failed is tried again before anything new is sent (<c>PartitionSender.Recovery.cs</c>).
/// </summary>
internal sealed partial class PartitionSender : IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private readonly ProducerShared _shared;
    private readonly int _batchSize;
    private readonly Queue<ProducerBatch> _ready = new();
    private readonly List<ProducerBatch> _inFlight = [];
    private readonly Stack<BatchBuilder> _builders = new();
    private readonly ITimer? _linger;
    private ProducerBatch? _open;
    private ProducerId _producerId;
    private int _nextSequence;
    private long _batches;
    private bool _isDraining;
    private bool _lingerIsOver;

    /// <summary>
    /// The leader has stored a batch since the last failure. Calls to a grain that has to be found first may overtake one another,
    /// and a leader takes any number as the first one of a producer: until then one batch is in flight.
    /// </summary>
    private bool _isLeaderFound;

    /// <param name="shared">What the partitions of a producer share.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="topicId">The topic that is meant.</param>
    /// <param name="batchSize">Bytes at which a batch is full.</param>
    /// <param name="producerId">None without idempotence.</param>
    public PartitionSender(ProducerShared shared, TopicPartition partition, TopicId topicId, int batchSize, ProducerId producerId)
    {
        _shared = shared;
        Partition = partition;
        TopicId = topicId;
        _batchSize = batchSize;
        _producerId = producerId;
        if (shared.Options.Linger > TimeSpan.Zero)
        {
            _linger = shared.Link.Time.CreateTimer(static self => ((PartitionSender)self!).EndLinger(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public TopicPartition Partition { get; }

    public TopicId TopicId { get; }

    private bool IsNumbered => _producerId != ProducerId.None;

    /// <summary>Adds a record whose room is reserved; where its outcome will be.</summary>
    public (ProducerBatch Batch, short Token) Append(
        long timestamp, ReadOnlyMemory<byte>? key, ReadOnlyMemory<byte>? value, ReadOnlySpan<RecordHeader> headers, int size)
    {
        (ProducerBatch, short) place;
        bool schedule;
        lock (_gate)
        {
            if (_open is not null && (_open.Count == ProducerBatch.MaxRecords || _open.Builder.SizeInBytes + size > _batchSize))
            {
                Seal();
            }

            var batch = _open;
            if (batch is null)
            {
                var builder = _builders.TryPop(out var kept) ? kept : new BatchBuilder(_shared.BatchOptions);
                batch = _open = new ProducerBatch(Partition, builder, _shared.Link.Time.GetTimestamp(), _batches++);
                _linger?.Change(_shared.Options.Linger, Timeout.InfiniteTimeSpan);
            }

            place = (batch, batch.Append(timestamp, key, value, headers, size));
            schedule = TryBeginDraining();
        }

        if (schedule)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        return place;
    }

    /// <summary>Stops waiting for more records, and answers the batches that are not done.</summary>
    public List<ProducerBatch> Flush()
    {
        List<ProducerBatch> open;
        bool schedule;
        lock (_gate)
        {
            if (_open is not null)
            {
                Seal();
            }

            open = [.. _retries, .. _inFlight, .. _ready];
            schedule = TryBeginDraining();
        }

        if (schedule)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        return open;
    }

    /// <summary>After the last flush: gives its memory back.</summary>
    public void Close()
    {
        _linger?.Dispose();
        lock (_gate)
        {
            foreach (var builder in _builders)
            {
                builder.Dispose();
            }

            _builders.Clear();
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        while (true)
        {
            ProducerBatch batch;
            lock (_gate)
            {
                if (!HasWork())
                {
                    _isDraining = false;
                    return;
                }

                if (_ready.Count == 0)
                {
                    Seal();
                }

                batch = _ready.Dequeue();
                batch.BaseSequence = _nextSequence;
                _nextSequence = BatchHeader.AddToSequence(_nextSequence, batch.Count);
                _inFlight.Add(batch);
            }

            _ = SendFirstAsync(batch);
        }
    }

    private async Task SendFirstAsync(ProducerBatch batch)
    {
        try
        {
            Finish(batch);
        }
        catch (Exception failure)
        {
            // For example a codec whose library is missing: the same for every try.
            Settle(batch, SendOutcome.Failed(SendVerdict.Refused, Records.Errors.ErrorCode.UnsupportedCompressionType, failure.Message));
            return;
        }

        Settle(batch, await SendAsync(batch).ConfigureAwait(false));
    }

    private void Finish(ProducerBatch batch)
    {
        batch.Bytes = System.Runtime.InteropServices.MemoryMarshal.AsMemory(batch.Builder.Build());
    }

    private void EndLinger()
    {
        bool schedule;
        lock (_gate)
        {
            _lingerIsOver = _open is not null;
            schedule = TryBeginDraining();
        }

        if (schedule)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>The open batch takes no more records. Under the gate.</summary>
    private void Seal()
    {
        _ready.Enqueue(_open!);
        _open = null;
        _lingerIsOver = false;
    }

    /// <summary>Under the gate.</summary>
    private bool TryBeginDraining()
    {
        if (_isDraining || !HasWork())
        {
            return false;
        }

        _isDraining = true;
        return true;
    }

    /// <summary>Under the gate.</summary>
    private bool HasWork()
    {
        if (_isRecovering || _retries.Count > 0 || _inFlight.Count >= (_isLeaderFound ? _shared.Options.MaxInFlight : 1))
        {
            return false;
        }

        return _ready.Count > 0
            || (_open is not null && (_linger is null ? _inFlight.Count == 0 : _lingerIsOver));
    }
}
