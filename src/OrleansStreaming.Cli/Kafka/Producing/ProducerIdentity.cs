using OrleansStreaming.Cli.Kafka.Wire;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Batches;

namespace OrleansStreaming.Cli.Kafka.Producing;

/// <summary>The producer id under which batches are numbered, so that one that is sent again is stored once (KIP-98).</summary>
internal sealed record ProducerIdentity(long Id, short Epoch)
{
    /// <summary>Without idempotence.</summary>
    public static ProducerIdentity None { get; } = new(BatchHeader.NoProducerId, BatchHeader.NoProducerEpoch);

    public static Task<ProducerIdentity> ObtainAsync(KafkaCluster cluster, CancellationToken cancellationToken) => cluster.Retries.RunAsync(
        async () =>
        {
            var response = await cluster.AskAnyAsync<InitProducerIdResponse>(
                ApiKey.InitProducerId,
                _ => new InitProducerIdRequest { TransactionalId = null, TransactionTimeoutMs = (int)cluster.Options.Timeout.TotalMilliseconds },
                cancellationToken).ConfigureAwait(false);
            Answers.Check(response.ErrorCode, "No producer id for an idempotent producer");
            return new ProducerIdentity(response.ProducerId, response.ProducerEpoch);
        },
        cancellationToken);
}
