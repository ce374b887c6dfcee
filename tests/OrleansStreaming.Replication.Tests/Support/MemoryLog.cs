using System.Buffers;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Partitions;

namespace OrleansStreaming.Replication.Tests.Support;

/// <summary>A log in memory, written as naively as can be: batches in a list, epochs in another.</summary>
internal sealed class MemoryLog : IReplicaLog
{
    private readonly List<(LeaderEpoch Epoch, Offset Start)> _epochs = [];

    public List<(BatchHeader Header, byte[] Bytes)> Batches { get; } = [];

    public Offset LogStart { get; private set; } = Offset.Zero;

    public Offset LogEnd { get; private set; } = Offset.Zero;

    /// <summary>Null: the topic asks for no syncs.</summary>
    public Offset? Synced { get; set; }

    public bool IsDiskFailing { get; set; }

    /// <summary>From where on it is damaged; null while it is whole.</summary>
    public Offset? DamagedFrom { get; set; }

    public bool IsDamaged => DamagedFrom is not null;

    public Offset DurableEnd => Synced ?? LogEnd;

    public LeaderEpoch LatestEpoch => _epochs.Count == 0 ? LeaderEpoch.None : _epochs[^1].Epoch;

    public LeaderEpoch LastEpoch => _epochs.LastOrDefault(entry => entry.Start < LogEnd, (LeaderEpoch.None, default)).Item1;

    public EpochEnd SoundEnd
    {
        get
        {
            var end = DamagedFrom ?? LogEnd;
            return new EpochEnd(_epochs.LastOrDefault(entry => entry.Start < end, (LeaderEpoch.None, default)).Item1, end);
        }
    }

    public EpochEnd EndOffsetFor(LeaderEpoch epoch)
    {
        if (_epochs.Count == 0 || epoch == LeaderEpoch.None || epoch > LatestEpoch)
        {
            return new EpochEnd(LeaderEpoch.None, Offset.None);
        }

        var next = _epochs.FindIndex(entry => entry.Epoch > epoch);
        return next switch
        {
            < 0 => new EpochEnd(LatestEpoch, LogEnd),
            0 => new EpochEnd(epoch, _epochs[0].Start),
            _ => new EpochEnd(_epochs[next - 1].Epoch, _epochs[next].Start),
        };
    }

    public void BeginEpoch(LeaderEpoch epoch) => Note(epoch, LogEnd);

    /// <summary>Appends as the leader does, one record a batch.</summary>
    public void Lead(LeaderEpoch epoch, params string[] values)
    {
        foreach (var value in values)
        {
            var batch = Support.Batches.Of(value);
            BatchPatcher.StampOffsetAndEpoch(new ReadOnlySequence<byte>(batch), LogEnd.Value, epoch.Value);
            Assert.Equal(ErrorCode.None, AppendAsFollower(batch));
        }
    }

    public ErrorCode AppendAsFollower(ReadOnlyMemory<byte> batches)
    {
        if (IsDiskFailing)
        {
            return ErrorCode.KafkaStorageError;
        }

        var scanner = new BatchScanner(batches.Span, checkCrc: true);
        while (scanner.MoveNext())
        {
            if (scanner.Header.BaseOffset != LogEnd.Value)
            {
                return ErrorCode.OffsetOutOfRange;
            }

            Note(new LeaderEpoch(scanner.Header.PartitionLeaderEpoch), LogEnd);
            Batches.Add((scanner.Header, batches.Slice((int)scanner.Position, (int)scanner.Header.SizeInBytes).ToArray()));
            LogEnd = new Offset(scanner.Header.NextOffset);
        }

        return scanner.Status == BatchScanStatus.End ? ErrorCode.None : ErrorCode.CorruptMessage;
    }

    public void DropDamaged() => TruncateTo(DamagedFrom ?? LogEnd);

    public void TruncateTo(Offset offset)
    {
        ThrowIfFailing();
        DamagedFrom = DamagedFrom >= offset ? null : DamagedFrom;
        var first = Batches.FindIndex(batch => batch.Header.NextOffset > offset.Value);
        if (first >= 0)
        {
            LogEnd = new Offset(Math.Min(offset.Value, Batches[first].Header.BaseOffset));
            Batches.RemoveRange(first, Batches.Count - first);
        }
        else if (offset < LogEnd)
        {
            LogEnd = offset;
        }

        LogStart = LogStart < LogEnd ? LogStart : LogEnd;
        Synced = Synced < LogEnd ? Synced : Synced is null ? null : LogEnd;
        _epochs.RemoveAll(entry => entry.Start >= LogEnd);
    }

    public void TruncateFullyAndStartAt(Offset offset)
    {
        ThrowIfFailing();
        Batches.Clear();
        _epochs.Clear();
        LogStart = LogEnd = offset;
        Synced = Synced is null ? null : offset;
    }

    public void AdvanceLogStart(Offset offset)
    {
        LogStart = offset > LogStart ? offset : LogStart;
        Batches.RemoveAll(batch => batch.Header.NextOffset <= LogStart.Value);
        var holding = _epochs.FindLastIndex(entry => entry.Start <= LogStart);
        if (holding >= 0)
        {
            _epochs[holding] = (_epochs[holding].Epoch, LogStart);
            _epochs.RemoveRange(0, holding);
        }
    }

    /// <summary>Whole batches from the one that holds the offset on, at least one.</summary>
    public byte[] Read(Offset from, int maxBatches = int.MaxValue) =>
        [.. Batches.Where(batch => batch.Header.NextOffset > from.Value).Take(maxBatches).SelectMany(batch => batch.Bytes)];

    private void Note(LeaderEpoch epoch, Offset start)
    {
        if (epoch != LatestEpoch)
        {
            _epochs.RemoveAll(entry => entry.Epoch >= epoch || entry.Start >= start);
            _epochs.Add((epoch, start));
        }
    }

    private void ThrowIfFailing()
    {
        if (IsDiskFailing)
        {
            throw new IOException("The disk refuses.");
        }
    }
}
