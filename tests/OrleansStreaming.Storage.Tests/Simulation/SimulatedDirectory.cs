namespace OrleansStreaming.Storage.Tests.Simulation;

/// <summary>
/// The names in one folder, and the changes to them that are not yet durable. They reach the disk in their order, as in a
/// journaling file system: a power cut keeps a prefix.
/// </summary>
internal sealed class SimulatedDirectory
{
    private readonly List<Action<Dictionary<string, object>>> _unsynced = [];
    private Dictionary<string, object> _durable = new(StringComparer.Ordinal);

    /// <summary>What everybody sees: a <see cref="SimulatedInode"/> or a <see cref="SimulatedDirectory"/> by name.</summary>
    public Dictionary<string, object> Names { get; private set; } = new(StringComparer.Ordinal);

    public void Set(string name, object node) => Apply(x => x[name] = node);

    public void Remove(string name) => Apply(x => x.Remove(name));

    public void Rename(string source, string target)
    {
        var node = Names[source];
        Apply(x =>
        {
            x.Remove(source);
            x[target] = node;
        });
    }

    public void Sync()
    {
        _unsynced.ForEach(x => x(_durable));
        _unsynced.Clear();
    }

    public void Crash(Random random)
    {
        var kept = random.Next(_unsynced.Count + 1);
        _unsynced.RemoveRange(kept, _unsynced.Count - kept);
        Sync();
        Names = new Dictionary<string, object>(_durable, StringComparer.Ordinal);
        foreach (var node in Names.OrderBy(x => x.Key, StringComparer.Ordinal).Select(x => x.Value))
        {
            (node as SimulatedInode)?.Crash(random);
            (node as SimulatedDirectory)?.Crash(random);
        }
    }

    private void Apply(Action<Dictionary<string, object>> change)
    {
        change(Names);
        _unsynced.Add(change);
    }
}
