using OrleansStreaming.Client;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Cli.Kafka.Wire;

/// <summary>From error codes in answers to exceptions whose messages say what to do.</summary>
internal static class Answers
{
    /// <param name="what">What was tried, as the begin of a sentence: "Topic 'a' was not created".</param>
    /// <param name="message">The broker's own words, if any.</param>
    public static void Check(short code, string what, string? message = null)
    {
        if ((ErrorCode)code != ErrorCode.None)
        {
            throw Refusal((ErrorCode)code, what, message);
        }
    }

    public static StreamingException Refusal(ErrorCode error, string what, string? message = null)
    {
        var reason = string.IsNullOrEmpty(message) ? ErrorTable.MessageOf(error) : message;
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
