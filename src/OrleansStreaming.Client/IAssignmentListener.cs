using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client;

/// <summary>
/// Is told which partitions a consumer reads. Never called while the application has a record in its hands, nor twice at a time;
/// the rebalance waits for the answers, up to <see cref="ConsumerOptions.MaxProcessingTime"/>. What it throws ends the enumeration.
/// </summary>
public interface IAssignmentListener
{
    /// <summary>These partitions are new; their positions are known, nothing of them has been delivered. The place to seek.</summary>
    ValueTask OnAssignedAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken);

    /// <summary>These partitions go to others after the answer. The place to commit what is processed.</summary>
    ValueTask OnRevokedAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken);

    /// <summary>These partitions are with others already: the group did not hear from this member in time. Commits would fail.</summary>
    ValueTask OnLostAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken);
}
