namespace OrleansStreaming.Records.Errors;

/// <summary>What is known of an error code.</summary>
/// <param name="Name">As in the protocol's documentation, for example <c>NOT_LEADER_OR_FOLLOWER</c>.</param>
/// <param name="IsRetriable">The same request may succeed later, perhaps after a metadata refresh.</param>
/// <param name="Message">One sentence for people.</param>
public sealed record ErrorDescription(ErrorCode Code, string Name, bool IsRetriable, string Message);
