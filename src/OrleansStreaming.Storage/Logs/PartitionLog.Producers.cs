using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Storage.Logs;

public sealed partial class PartitionLog
{
    /// <summary>The producer ids that are remembered, in no order. Waits for an append that runs.</summary>
    public IReadOnlyList<LogProducer> Producers()
    {
        lock (_gate)
        {
            return [.. _producers.Entries.Select(entry => new LogProducer(
                new ProducerId(entry.ProducerId), entry.Epoch, entry.LastSequence, entry.LastTimestamp, entry.CoordinatorEpoch, new Offset(entry.TransactionFirstOffset)))];
        }
    }
}
