using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Cluster.Topics;

/// <summary>What a topic machine decided: a refusal, or the state to write (the present one when nothing changes).</summary>
public readonly record struct TopicDecision(ErrorCode Error, string? Message, TopicState State)
{
    public static TopicDecision Accept(TopicState state) => new(ErrorCode.None, null, state);

    public static TopicDecision Refuse(TopicState state, ErrorCode error, string message) => new(error, message, state);
}
