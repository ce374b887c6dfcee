using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Connections;

/// <summary>From errors to exceptions whose messages say what to do.</summary>
internal static class Refusals
{
    public static UnknownTopicException UnknownTopic(string topic, TimeSpan waited, string refusal = "") => new(
        topic,
        $"There is no topic '{topic}' (waited {waited.TotalSeconds:0.#} s). Create it with Admin.CreateTopicAsync or a Kafka tool, or let "
        + "the producer create it (ProducerOptions.CreateTopics)." + (refusal.Length == 0 ? "" : $" Creating it was refused: {refusal}"));

    public static UnknownTopicException UnknownPartition(TopicPartition partition, int count) => new(
        partition.Topic,
        $"Topic '{partition.Topic}' has partitions 0 to {count - 1}, and no {partition.Partition}. Choose one of these, or add partitions with Admin.CreatePartitionsAsync.");

    public static BrokerUnavailableException Unavailable(string what, TimeSpan waited, Exception? cause = null) => new(
        $"{what} within {waited.TotalSeconds:0.#} s{(cause is null ? "" : $" ({cause.Message})")}. Check that a broker runs and that this process's "
        + "Orleans client or silo belongs to its cluster.",
        cause);

    public static StreamingException Of(ErrorCode error, string? message, string what)
    {
        var reason = message is { Length: > 0 } ? message : ErrorTable.MessageOf(error);
        return error switch
        {
            ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed
                or ErrorCode.TransactionalIdAuthorizationFailed =>
                new NotAuthorizedException(error, $"{what}: {reason} Ask the cluster's operator for an ACL that allows it."),
            ErrorCode.MessageTooLarge or ErrorCode.RecordListTooLarge =>
                new RecordTooLargeException($"{what}: {reason} Send smaller records, or raise the topic's max.message.bytes."),
            _ => new RequestRefusedException(error, $"{what}: {reason} ({ErrorTable.NameOf(error)})"),
        };
    }
}
