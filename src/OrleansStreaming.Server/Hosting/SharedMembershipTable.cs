#if ORLEANS_MICROSOFT
using System.Net;
using System.Net.Sockets;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace OrleansStreaming.Server.Hosting;

/// <summary>
/// Orleans' membership in a file that the brokers of one machine share: brokers start in any order and at once, and none of them
/// is special. A version holds for the whole file, so that a change fails when anything was written since it was read, which
/// Orleans answers by reading again. Any thread.
/// </summary>
/// <param name="storage">Keeps the file; compares versions.</param>
internal sealed class SharedMembershipTable(IGrainStorage storage) : IMembershipTable
{
    private const string StateName = "silos";

    private static readonly GrainId _id = GrainId.Create("membership", "cluster");

    /// <summary>
    /// Also lets go of the silos that ended without a word: nobody listens where they did, and on the loopback that is certain.
    /// Orleans would wait for them before it lets a new silo join.
    /// </summary>
    public Task InitializeMembershipTable(bool tryInitTableVersion) => ChangeAsync(static (state, exists) =>
    {
        var gone = state.Members.FindAll(static member => member.Status is SiloStatus.Active && !IsListening(member.ToAddress().Endpoint));
        gone.ForEach(static member => member.Status = SiloStatus.Dead);
        state.Version += gone.Count > 0 ? 1 : 0;
        return !exists || gone.Count > 0;
    });

    public Task DeleteMembershipTableEntries(string clusterId) => ChangeAsync(static (state, _) =>
    {
        state.Members.Clear();
        return true;
    });

    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => ChangeAsync((state, _) => state.Members.RemoveAll(member =>
        member.Status is not SiloStatus.Active && member.AliveTime < beforeDate.UtcDateTime && member.StartTime < beforeDate.UtcDateTime) > 0);

    public async Task<MembershipTableData> ReadRow(SiloAddress key)
    {
        var (read, state) = await ReadAsync();
        return DataOf(read.ETag!, state, state.Members.FindAll(member => member.ToAddress().Equals(key)));
    }

    public async Task<MembershipTableData> ReadAll()
    {
        var (read, state) = await ReadAsync();
        return DataOf(read.ETag!, state, state.Members);
    }

    public async Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion)
    {
        var (read, state) = await ReadAsync();
        if (read.ETag != tableVersion.VersionEtag || Find(state, entry.SiloAddress) >= 0)
        {
            return false;
        }

        state.Members.Add(MembershipState.Member.Of(entry));
        state.Version = tableVersion.Version;
        return await TryWriteAsync(read);
    }

    public async Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion)
    {
        var (read, state) = await ReadAsync();
        var place = Find(state, entry.SiloAddress);
        if (read.ETag != tableVersion.VersionEtag || read.ETag != etag || place < 0)
        {
            return false;
        }

        state.Members[place] = MembershipState.Member.Of(entry);
        state.Version = tableVersion.Version;
        return await TryWriteAsync(read);
    }

    public Task UpdateIAmAlive(MembershipEntry entry) => ChangeAsync((state, _) =>
    {
        var place = Find(state, entry.SiloAddress);
        if (place >= 0)
        {
            state.Members[place].AliveTime = entry.IAmAliveTime;
        }

        return place >= 0;
    });

    private static int Find(MembershipState state, SiloAddress silo) => state.Members.FindIndex(member => member.ToAddress().Equals(silo));

    private static MembershipTableData DataOf(string version, MembershipState state, List<MembershipState.Member> members) => new(
        members.ConvertAll(member => Tuple.Create(member.ToEntry(), version)), new TableVersion(state.Version, version));

    private static bool IsListening(IPEndPoint endpoint)
    {
        using var probe = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Connect(endpoint);
            return true;
        }
        catch (SocketException refusal) when (refusal.SocketErrorCode is SocketError.ConnectionRefused)
        {
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private async Task<(GrainState<MembershipState> Read, MembershipState State)> ReadAsync()
    {
        var read = new GrainState<MembershipState>(new MembershipState());
        await storage.ReadStateAsync(StateName, _id, read);
        return (read, read.State!);
    }

    /// <summary>False when somebody else has written since it was read.</summary>
    private async Task<bool> TryWriteAsync(GrainState<MembershipState> changed)
    {
        try
        {
            await storage.WriteStateAsync(StateName, _id, changed);
            return true;
        }
        catch (InconsistentStateException)
        {
            return false;
        }
    }

    /// <summary>A change that holds for any content, told whether there was any; it answers whether it changed something.</summary>
    private async Task ChangeAsync(Func<MembershipState, bool, bool> change)
    {
        bool isDone;
        do
        {
            var (read, state) = await ReadAsync();
            isDone = !change(state, read.RecordExists) || await TryWriteAsync(read);
        }
        while (!isDone);
    }
}
#endif
