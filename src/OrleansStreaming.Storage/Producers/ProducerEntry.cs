using OrleansStreaming.Records.Batches;

namespace OrleansStreaming.Storage.Producers;

/// <summary>What the log knows of one producer id: its epoch, its last batches, its open transaction.</summary>
internal sealed class ProducerEntry(long producerId)
{
    private RecentBatches _recent;

    public long ProducerId => producerId;

    public short Epoch { get; set; } = BatchHeader.NoProducerEpoch;

    public int CoordinatorEpoch { get; set; } = -1;

    public long LastTimestamp { get; set; } = BatchHeader.NoTimestamp;

    /// <summary>The first offset of the open transaction; -1 for none.</summary>
    public long TransactionFirstOffset { get; set; } = -1;

    /// <summary>How many batches are remembered.</summary>
    public int RecentCount { get; private set; }

    public RecentBatch? Last => RecentCount == 0 ? null : _recent[RecentCount - 1];

    public int LastSequence => Last?.LastSequence ?? BatchHeader.NoSequence;

    /// <summary>The remembered batch with exactly this range of sequences, of the same epoch.</summary>
    public RecentBatch? FindDuplicate(in BatchHeader header)
    {
        if (header.ProducerEpoch != Epoch)
        {
            return null;
        }

        for (var i = 0; i < RecentCount; i++)
        {
            if (_recent[i].FirstSequence == header.BaseSequence && _recent[i].LastSequence == header.LastSequence)
            {
                return _recent[i];
            }
        }

        return null;
    }

    public void Add(short epoch, RecentBatch batch)
    {
        ChangeEpoch(epoch);
        if (RecentCount == RecentBatches.Capacity)
        {
            for (var i = 1; i < RecentCount; i++)
            {
                _recent[i - 1] = _recent[i];
            }

            RecentCount--;
        }

        _recent[RecentCount++] = batch;
        LastTimestamp = batch.Timestamp;
    }

    /// <summary>Another epoch counts sequences from 0 again, so what was remembered no longer tells anything.</summary>
    public void ChangeEpoch(short epoch)
    {
        if (Epoch != epoch)
        {
            RecentCount = 0;
            Epoch = epoch;
        }
    }
}
