using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Records.Sources;

namespace OrleansStreaming.Kafka.Tests.Fakes;

internal sealed partial class FakeReplica
{
    private readonly List<IProgressWaiter> _waiters = [];

    /// <summary>Raised when somebody begins to wait on this replica.</summary>
    public Signal Parked { get; } = new();

    /// <summary>Raised when a waiter goes.</summary>
    public Signal Left { get; } = new();

    /// <summary>Replaces the error of the next reads.</summary>
    public ErrorCode ReadError { get; set; }

    /// <summary>Throws from the next reads.</summary>
    public Exception? ReadFailure { get; set; }

    /// <summary>Position in a source from which copying fails.</summary>
    public int CopyFailsAt { get; set; } = int.MaxValue;

    public IReadOnlyList<AbortedTransaction> Aborted { get; set; } = [];

    public int Waiters
    {
        get
        {
            lock (_sync)
            {
                return _waiters.Count;
            }
        }
    }

    public ReplicaReadResult Read(Offset offset, int maxBytes, bool atLeastOneBatch, ReadIsolation isolation)
    {
        if (ReadFailure is { } failure)
        {
            throw failure;
        }

        lock (_sync)
        {
            var error = ReadError is not ErrorCode.None ? ReadError
                : offset < _status.LogStart || offset > _status.LogEnd ? ErrorCode.OffsetOutOfRange : ErrorCode.None;
            var end = isolation switch
            {
                ReadIsolation.ReadCommitted => _status.LastStable,
                ReadIsolation.ReadUncommitted => _status.HighWatermark,
                _ => _status.LogEnd,
            };
            List<byte> found = [];
            if (error is ErrorCode.None)
            {
                foreach (var batch in _batches.Where(batch => batch.Next > offset && batch.Next <= end))
                {
                    if (found.Count + batch.Bytes.Length > maxBytes && !(atLeastOneBatch && found.Count == 0))
                    {
                        break;
                    }

                    found.AddRange(batch.Bytes);
                }
            }

            RecordSource records = found.Count == 0 ? MemoryRecords.Empty : ledger.Open([.. found], CopyFailsAt);
            return new ReplicaReadResult(error, records, _status, isolation is ReadIsolation.ReadCommitted ? Aborted : []);
        }
    }

    public TimestampedOffset? FindByTimestamp(long timestamp, ReadIsolation isolation)
    {
        lock (_sync)
        {
            var end = isolation is ReadIsolation.ReadCommitted ? _status.LastStable : _status.HighWatermark;
            var at = _batches.FindIndex(batch => batch.MaxTimestamp >= timestamp && batch.Next <= end);
            return at < 0 ? null : Found(_batches[at]);
        }
    }

    public TimestampedOffset? FindMaxTimestamp()
    {
        lock (_sync)
        {
            return _batches.Count == 0 ? null : Found(_batches.MaxBy(batch => batch.MaxTimestamp));
        }
    }

    public EpochEnd EndOffsetFor(LeaderEpoch epoch)
    {
        lock (_sync)
        {
            var last = _batches.FindLastIndex(batch => batch.Epoch <= epoch);
            return epoch == _status.LeaderEpoch ? new EpochEnd(epoch, _status.LogEnd)
                : last < 0 || epoch > _status.LeaderEpoch ? new EpochEnd(LeaderEpoch.None, Offset.None)
                : new EpochEnd(_batches[last].Epoch, _batches[last].Next);
        }
    }

    public LeaderEpoch EpochAt(Offset offset)
    {
        lock (_sync)
        {
            var at = _batches.FindIndex(batch => batch.Next > offset);
            return at < 0 ? _status.LeaderEpoch : _batches[at].Epoch;
        }
    }

    public List<ActiveProducer> ActiveProducers { get; } = [];

    public IReadOnlyList<ActiveProducer> Producers() => ActiveProducers;

    public void AddWaiter(IProgressWaiter waiter)
    {
        lock (_sync)
        {
            _waiters.Add(waiter);
        }

        Parked.Raise();
    }

    public void RemoveWaiter(IProgressWaiter waiter)
    {
        lock (_sync)
        {
            Assert.True(_waiters.Remove(waiter));
        }

        Left.Raise();
    }

    private static TimestampedOffset Found(StoredBatch batch) => new(batch.MaxTimestamp, batch.First, batch.Epoch);

    private void Progress()
    {
        IProgressWaiter[] waiters;
        lock (_sync)
        {
            waiters = [.. _waiters];
        }

        foreach (var waiter in waiters)
        {
            waiter.OnProgress();
        }
    }
}
