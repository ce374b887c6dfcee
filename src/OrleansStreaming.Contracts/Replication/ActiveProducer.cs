using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Replication;

/// <summary>What a replica remembers of a producer id.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Epoch">Its newest epoch.</param>
/// <param name="LastSequence">The sequence of its last record under that epoch; -1 for none.</param>
/// <param name="LastTimestamp">Of its last batch or marker, in ms since 1970; -1 for none.</param>
/// <param name="CoordinatorEpoch">Of the coordinator that ended its last transaction; -1 for none.</param>
/// <param name="TransactionStart">The first offset of its open transaction, or <see cref="Offset.None"/>.</param>
public readonly record struct ActiveProducer(
    ProducerId Id, short Epoch, int LastSequence, long LastTimestamp, int CoordinatorEpoch, Offset TransactionStart);
