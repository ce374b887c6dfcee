using OrleansStreaming.Processes.Brokers;

namespace OrleansStreaming.Chaos.Clusters;

/// <summary>A cluster of real broker processes on this machine, which can be killed, stopped, cut off, and started again.</summary>
public sealed class ClusterProcesses : IAsyncDisposable
{
    private readonly TemporaryFolder? _temporary;
    private readonly ClusterOptions _options;
    private readonly List<BrokerMember> _members = [];

    private ClusterProcesses(ClusterOptions options)
    {
        _options = options;
        _temporary = options.Folder is null ? new TemporaryFolder() : null;
        Folder = options.Folder ?? _temporary!.Path;
    }

    public string Folder { get; }

    public IReadOnlyList<BrokerMember> Members => _members;

    /// <summary>The addresses of all brokers, for <c>bootstrap.servers</c>.</summary>
    public string Bootstrap => string.Join(',', _members.Select(member => member.Address));

    public static async Task<ClusterProcesses> StartAsync(ClusterOptions options)
    {
        var cluster = new ClusterProcesses(options);
        for (var i = 0; i < options.Brokers; i++)
        {
            await cluster.AddAsync();
        }

        return cluster;
    }

    public BrokerMember Member(int id) => _members.Single(member => member.Id == id);

    /// <summary>Starts one more broker.</summary>
    public async Task<BrokerMember> AddAsync()
    {
        var id = _members.Count == 0 ? 1 : _members.Max(member => member.Id) + 1;
        var member = new BrokerMember(id, Folder, Path.Combine(Folder, "cluster"), _options);
        await member.StartAsync();
        _members.Add(member);
        return member;
    }

    /// <summary>Stops a broker for good.</summary>
    public async Task RemoveAsync(BrokerMember member)
    {
        await member.StopAsync();
        await member.DisposeAsync();
        _members.Remove(member);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members)
        {
            await member.DisposeAsync();
        }

        _temporary?.Dispose();
    }
}
