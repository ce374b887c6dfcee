using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Tests.Fakes;

/// <summary>A partition's replica in memory, both its grain and its readable side. Tests replace single answers.</summary>
internal sealed partial class FakeReplica(TopicPartition partition, TopicId topicId, RecordLedger ledger) : ILocalReplica, IReplicaGrain
{
    private readonly Lock _sync = new();
    private readonly List<StoredBatch> _batches = [];
    private ReplicaStatus _status = new(true, new LeaderEpoch(0), Offset.Zero, Offset.Zero, Offset.Zero, Offset.Zero, true);

    public TopicPartition Partition { get; } = partition;

    public TopicId TopicId { get; set; } = topicId;

    public long SizeInBytes => _batches.Sum(batch => (long)batch.Bytes.Length);

    /// <summary>False: an append moves the log end only, until <see cref="Commit"/>.</summary>
    public bool CommitsAtOnce { get; set; } = true;

    /// <summary>Replaces the whole append.</summary>
    public Func<AppendRequest, Task<AppendResult>>? OnAppend { get; set; }

    /// <summary>Replaces the answer to a wait for a commit.</summary>
    public Func<Offset, TimeSpan, Task<ErrorCode>>? OnAwaitCommitted { get; set; }

    public Func<Offset, Task<DeleteRecordsResult>>? OnDeleteRecords { get; set; }

    public ReplicaStatus Status
    {
        get
        {
            lock (_sync)
            {
                return _status;
            }
        }
    }

    /// <summary>The batches as they were appended.</summary>
    public IReadOnlyList<byte[]> Batches
    {
        get
        {
            lock (_sync)
            {
                return [.. _batches.Select(batch => batch.Bytes)];
            }
        }
    }

    public Task<AppendResult> Append(AppendRequest request) => OnAppend?.Invoke(request) ?? Task.FromResult(Write(request));

    public Task<AppendResult> AppendCommitted(AppendRequest request, TimeSpan patience) => throw new NotSupportedException();

    public Task<ErrorCode> AwaitCommitted(Offset end, LeaderEpoch epoch, TimeSpan timeout) =>
        OnAwaitCommitted?.Invoke(end, timeout) ?? Task.FromResult(ErrorCode.None);

    public Task<DeleteRecordsResult> DeleteRecords(Offset before) => OnDeleteRecords?.Invoke(before) ?? Task.FromResult(Cut(before));

    /// <summary>What an append does when nothing replaces it.</summary>
    public AppendResult Write(AppendRequest request)
    {
        if (!request.TryTake())
        {
            return new AppendResult { Error = ErrorCode.RequestTimedOut };
        }

        try
        {
            return Store([.. request.Pieces.SelectMany(piece => piece.ToArray())]);
        }
        finally
        {
            request.End();
        }
    }

    /// <summary>Appends a batch past the endpoint.</summary>
    public AppendResult Store(byte[] batch)
    {
        AppendResult result;
        lock (_sync)
        {
            if (!BatchHeader.TryRead(batch, out var header) || header.SizeInBytes != batch.Length || header.LastOffsetDelta < 0)
            {
                return new AppendResult { Error = ErrorCode.CorruptMessage };
            }

            var first = _status.LogEnd;
            var next = first + (header.LastOffsetDelta + 1);
            BatchPatcher.StampOffsetAndEpoch(new(batch), first.Value, _status.LeaderEpoch.Value);
            _batches.Add(new StoredBatch(first, next, header.MaxTimestamp, _status.LeaderEpoch, batch));
            _status = _status with { LogEnd = next };
            if (CommitsAtOnce)
            {
                _status = _status with { HighWatermark = next, LastStable = next };
            }

            result = new AppendResult
            {
                BaseOffset = first,
                EndOffset = next,
                LogStartOffset = _status.LogStart,
                LeaderEpoch = _status.LeaderEpoch,
                IsCommitted = CommitsAtOnce,
            };
        }

        Progress();
        return result;
    }

    /// <summary>Moves the high watermark, and the last stable offset unless told otherwise, to the log end.</summary>
    public void Commit(Offset? lastStable = null)
    {
        lock (_sync)
        {
            _status = _status with { HighWatermark = _status.LogEnd, LastStable = lastStable ?? _status.LogEnd };
        }

        Progress();
    }

    /// <summary>The replica becomes leader, or not, under another epoch; of whom, when that is known.</summary>
    public void Lead(bool isLeader, int epoch, int? leader = null)
    {
        lock (_sync)
        {
            _status = _status with { IsLeader = isLeader, LeaderEpoch = new LeaderEpoch(epoch), Leader = leader is { } id ? new BrokerId(id) : BrokerId.None };
        }

        Progress();
    }

    /// <summary>Removes what lies before the offset.</summary>
    public void Trim(long start)
    {
        lock (_sync)
        {
            _status = _status with { LogStart = new Offset(start) };
        }

        Progress();
    }

    private DeleteRecordsResult Cut(Offset before)
    {
        lock (_sync)
        {
            var start = before == Offset.None ? _status.HighWatermark : before;
            if (start > _status.HighWatermark)
            {
                return new DeleteRecordsResult { Error = ErrorCode.OffsetOutOfRange };
            }

            _status = _status with { LogStart = start };
            return new DeleteRecordsResult { LowWatermark = start };
        }
    }

    private readonly record struct StoredBatch(Offset First, Offset Next, long MaxTimestamp, LeaderEpoch Epoch, byte[] Bytes);
}
