using OrleansStreaming.Contracts.Groups;

namespace OrleansStreaming.Groups.Machine;

/// <summary>What a <see cref="GroupMachine"/> wants done. Called in the middle of an input: take note and return.</summary>
public interface IGroupOutbox
{
    /// <summary>Append the records; when that is committed or has failed, call <see cref="GroupMachine.Written"/> with the id.</summary>
    void Write(long id, GroupWrite write);

    /// <summary>The answer to a request that was given this number; each is answered once.</summary>
    void Answer<T>(long request, T answer);
}
