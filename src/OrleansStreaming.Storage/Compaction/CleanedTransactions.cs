using OrleansStreaming.Records.Batches;
using OrleansStreaming.Storage.Indexes;

namespace OrleansStreaming.Storage.Compaction;

/// <summary>
/// Follows the transactions of a part of a log, batch by batch from its start: records of aborted ones go, a marker goes when
/// nothing that it decides is left. Nothing of an open transaction may be in that part.
/// </summary>
/// <param name="aborted">The aborted transactions with records or markers in the part.</param>
internal sealed class CleanedTransactions(IEnumerable<AbortedTransactionEntry> aborted)
{
    private readonly Queue<AbortedTransactionEntry> _ahead = new(aborted.OrderBy(x => x.FirstOffset));
    private readonly Dictionary<long, (AbortedTransactionEntry Transaction, bool HasBatches)> _aborted = [];
    private readonly HashSet<long> _committed = [];

    /// <summary>Whether the records of a batch that is no control batch belong to an aborted transaction.</summary>
    public bool IsAborted(in BatchHeader batch)
    {
        Begin(batch.LastOffset);
        if (!batch.IsTransactional)
        {
            return false;
        }

        if (_aborted.TryGetValue(batch.ProducerId, out var found))
        {
            _aborted[batch.ProducerId] = found with { HasBatches = true };
            return true;
        }

        _committed.Add(batch.ProducerId);
        return false;
    }

    /// <summary>Whether a control batch decides nothing that is left; answers the aborted transaction that it still ends.</summary>
    /// <param name="batch">The control batch's header.</param>
    /// <param name="marker">Its marker; null for a control record of another kind, which always stays.</param>
    /// <param name="ended">For the index of aborted transactions; null for none.</param>
    public bool IsMarkerObsolete(in BatchHeader batch, EndTransactionMarker? marker, out AbortedTransactionEntry? ended)
    {
        Begin(batch.LastOffset);
        ended = null;
        if (marker is not { } end)
        {
            // Emptied by an earlier compaction, it has nothing more to say.
            return batch.RecordCount == 0;
        }

        if (end.IsCommit)
        {
            return !_committed.Remove(batch.ProducerId);
        }

        if (_aborted.Remove(batch.ProducerId, out var found) && found.HasBatches)
        {
            ended = found.Transaction;
            return false;
        }

        return true;
    }

    private void Begin(long offset)
    {
        while (_ahead.TryPeek(out var next) && next.FirstOffset <= offset)
        {
            _ahead.Dequeue();
            _aborted.TryAdd(next.ProducerId, (next, HasBatches: false));
        }
    }
}
