using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client;

/// <summary>Something that the cluster or this client refuses or cannot do; the message says what to do about it.</summary>
public class StreamingException : Exception
{
    /// <summary>A failure with its Kafka error code.</summary>
    public StreamingException(ErrorCode error, string message, Exception? innerException = null)
        : base(message, innerException) => Error = error;

    /// <summary>The error in the Kafka protocol's terms.</summary>
    public ErrorCode Error { get; }

    /// <summary>The same call may succeed later, unchanged.</summary>
    public bool IsRetriable => ErrorTable.IsRetriable(Error);
}

/// <summary>There is no such topic, or no such partition of it.</summary>
public sealed class UnknownTopicException(string topic, string message) : StreamingException(ErrorCode.UnknownTopicOrPartition, message)
{
    /// <summary>The topic asked for.</summary>
    public string Topic { get; } = topic;
}

/// <summary>A record is larger than the producer or the topic allows. It was not sent or not stored.</summary>
public sealed class RecordTooLargeException(string message) : StreamingException(ErrorCode.MessageTooLarge, message);

/// <summary>No broker, or not the one that is needed, could be reached within the configured time.</summary>
public sealed class BrokerUnavailableException(string message, Exception? innerException = null)
    : StreamingException(ErrorCode.BrokerNotAvailable, message, innerException);

/// <summary>A record was sent but not acknowledged in time: it may have been stored or not.</summary>
public sealed class DeliveryTimeoutException(string message) : StreamingException(ErrorCode.RequestTimedOut, message);

/// <summary>The producer, consumer or client was closed.</summary>
public sealed class ClientClosedException(string message) : StreamingException(ErrorCode.OperationNotAttempted, message);

/// <summary>This client may not do that.</summary>
public sealed class NotAuthorizedException(ErrorCode error, string message) : StreamingException(error, message);

/// <summary>The cluster refuses a request for good; <see cref="StreamingException.Error"/> says why.</summary>
public sealed class RequestRefusedException(ErrorCode error, string message) : StreamingException(error, message);

/// <summary>A commit came too late: the group has given the partitions to others, who read on from the last commit.</summary>
public sealed class CommitFailedException(ErrorCode error, string message) : StreamingException(error, message);

/// <summary>There is no position to begin at, and the consumer is told not to choose one.</summary>
public sealed class NoOffsetException(TopicPartition partition, string message) : StreamingException(ErrorCode.OffsetOutOfRange, message)
{
    /// <summary>The partition without a position.</summary>
    public TopicPartition Partition { get; } = partition;
}

/// <summary>A record's bytes are not what the deserializer expects, or fail their checksum.</summary>
public sealed class RecordDeserializationException(TopicPartition partition, Offset offset, string message, Exception? innerException)
    : StreamingException(ErrorCode.InvalidRecord, message, innerException)
{
    /// <summary>Where the record lies.</summary>
    public TopicPartition Partition { get; } = partition;

    /// <summary>Where the record lies in its partition; seek behind it to go on.</summary>
    public Offset Offset { get; } = offset;
}
