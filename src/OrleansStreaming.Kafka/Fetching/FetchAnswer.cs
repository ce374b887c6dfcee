using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Fetching;

/// <summary>Puts what a fetch found into the shape of its answer.</summary>
internal static class FetchAnswer
{
    /// <summary>An answer that tells of the session alone.</summary>
    public static FetchResponse Refuse(ErrorCode error, int sessionId = 0) => new() { ErrorCode = (short)error, SessionId = sessionId };

    /// <summary>Partitions in the order in which they were looked at; neighbours of one topic share its entry.</summary>
    public static FetchResponse Of(FetchRound round, int sessionId)
    {
        var response = new FetchResponse { SessionId = sessionId };
        FetchResponse.FetchableTopicResponse? topic = null;
        foreach (var (target, data) in round.Found)
        {
            if (topic is null || topic.TopicId != target.TopicId || topic.Topic != target.Topic)
            {
                topic = new FetchResponse.FetchableTopicResponse { Topic = target.Topic!, TopicId = target.TopicId };
                response.Responses.Add(topic);
            }

            topic.Partitions.Add(data);
        }

        foreach (var broker in round.Leaders)
        {
            response.NodeEndpoints.Add(new FetchResponse.NodeEndpoint { NodeId = broker.Id.Value, Host = broker.Host, Port = broker.Port, Rack = broker.Rack });
        }

        return response;
    }
}
