using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Producers;

/// <summary>
/// The batches of idempotent producers that were refused on a connection although trying again will do, until they come again. When
/// the partition takes batches again by the time it gets to those that the client had sent right behind, these are out of sequence
/// through no fault of the client's: they are refused for the same reason, and the client sends all again in their order. Out of
/// sequence would be true as well, but librdkafka 2.0 ends its producer for it when a connection broke before. One caller at a time.
/// </summary>
internal sealed class RefusedBatches
{
    /// <summary>What an idempotent producer may have under way to a partition, less the refused one (KIP-98).</summary>
    private const int MostBehind = 4;

    private readonly Dictionary<(TopicPartition Partition, long ProducerId), Refusal> _refusals = [];

    public bool IsEmpty => _refusals.Count == 0;

    /// <summary>Takes note of what became of a batch.</summary>
    /// <returns>The error to answer: the outcome's, or that of the batch it came behind.</returns>
    public ErrorCode Note(TopicPartition partition, in BatchHeader batch, ErrorCode outcome)
    {
        if (!batch.HasProducerId)
        {
            return outcome;
        }

        var key = (partition, batch.ProducerId);
        var isBehind = _refusals.TryGetValue(key, out var refusal) && refusal.Epoch == batch.ProducerEpoch && refusal.BaseSequence != batch.BaseSequence;
        switch (outcome)
        {
            case ErrorCode.NotLeaderOrFollower or ErrorCode.NotEnoughReplicas or ErrorCode.UnknownTopicOrPartition or ErrorCode.KafkaStorageError:
                if (!isBehind)
                {
                    _refusals[key] = new Refusal(batch.ProducerEpoch, batch.BaseSequence, outcome, MostBehind);
                }

                return outcome;
            case ErrorCode.OutOfOrderSequenceNumber when isBehind && refusal.Left > 0:
                _refusals[key] = refusal with { Left = refusal.Left - 1 };
                return refusal.Error;
            default:
                _refusals.Remove(key);
                return outcome;
        }
    }

    /// <param name="Left">So many more may have been sent before the client knew.</param>
    private readonly record struct Refusal(short Epoch, int BaseSequence, ErrorCode Error, int Left);
}
