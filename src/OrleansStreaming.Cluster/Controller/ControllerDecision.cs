using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>What the controller decided: a refusal, or the state to write and, for a creation, the topic's plan.</summary>
public readonly record struct ControllerDecision(ErrorCode Error, string? Message, ControllerState State, TopicPlan? Plan = null)
{
    public static ControllerDecision Accept(ControllerState state, TopicPlan? plan = null) => new(ErrorCode.None, null, state, plan);

    public static ControllerDecision Refuse(ControllerState state, ErrorCode error, string message) => new(error, message, state);

    public TopicCommandResult ToRefusal() => TopicCommandResult.Refused(Error, Message ?? Error.ToString());
}
