using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Batches;

namespace OrleansStreaming.Cli.Kafka.Consuming;

/// <summary>
/// Which batches of a fetch belong to transactions that were aborted (KIP-98): from the first offset that the answer names
/// for a producer to that producer's abort marker. Batches must be shown in order.
/// </summary>
internal sealed class AbortedTransactions(IEnumerable<FetchResponse.AbortedTransaction> aborted)
{
    private readonly Queue<FetchResponse.AbortedTransaction> _coming = new(aborted.OrderBy(one => one.FirstOffset));
    private readonly HashSet<long> _open = [];

    public bool Covers(BatchReader batch)
    {
        while (_coming.TryPeek(out var next) && next.FirstOffset <= batch.Header.LastOffset)
        {
            _open.Add(_coming.Dequeue().ProducerId);
        }

        if (batch.Header.IsControl)
        {
            EndWith(batch);
            return false;
        }

        return batch.Header.IsTransactional && _open.Contains(batch.Header.ProducerId);
    }

    private void EndWith(BatchReader batch)
    {
        foreach (var record in batch.Records())
        {
            if (EndTransactionMarker.TryRead(record, out var marker) && !marker.IsCommit)
            {
                _open.Remove(batch.Header.ProducerId);
            }
        }
    }
}
