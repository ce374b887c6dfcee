namespace OrleansStreaming.Client.Groups;

/// <summary>Takes part in a group for one consumer and drives its session.</summary>
internal interface IGroupMembership
{
    /// <summary>Other topics, as soon as the group can take note.</summary>
    void Subscribe(IReadOnlyList<string> topics);

    /// <summary>Takes part until stopped; what ends it for good ends the session's enumeration.</summary>
    Task RunAsync(CancellationToken stopping);

    /// <summary>After it was stopped: tells the group.</summary>
    Task LeaveAsync();
}
