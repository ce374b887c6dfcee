namespace OrleansStreaming.Chaos.Groups;

/// <summary>A consumer of a group, seen from outside; what it does goes into a <see cref="GroupHistory"/>. Disposing kills it.</summary>
internal interface IGroupConsumer : IAsyncDisposable
{
    int Id { get; }

    /// <summary>Ends it without a word: the group learns of it only by its silence.</summary>
    Task KillAsync();

    /// <summary>Lets it commit what it has read and leave the group.</summary>
    Task LeaveAsync();
}
