using OrleansStreaming.Contracts.Cluster;

namespace OrleansStreaming.Cluster.Brokers;

/// <summary>The brokers that are up at the moment of a decision; everybody else counts as dead. Never changed.</summary>
public sealed class LivingBrokers(IEnumerable<LivingBroker> brokers)
{
    public static readonly LivingBrokers None = new([]);

    private readonly Dictionary<int, LivingBroker> _brokers = brokers.ToDictionary(broker => broker.Id.Value);

    public int Count => _brokers.Count;

    public IEnumerable<int> Ids => _brokers.Keys;

    public bool Contains(int id) => _brokers.ContainsKey(id);

    public LivingBroker? Find(int id) => _brokers.TryGetValue(id, out var broker) ? broker : null;

    /// <summary>The epoch a broker is up under; -1 when it is not.</summary>
    public long EpochOf(int id) => _brokers.TryGetValue(id, out var broker) ? broker.Epoch : -1;

    /// <summary>It is up in the very process that registered under this epoch.</summary>
    public bool IsSameProcess(int id, long epoch) => _brokers.TryGetValue(id, out var broker) && broker.Epoch == epoch;

    /// <summary>It is up and still has what it acknowledged under this epoch.</summary>
    public bool IsSound(int id, long epoch) => _brokers.TryGetValue(id, out var broker) && epoch >= broker.CleanSince;

    /// <summary>It is up, and may lack what it acknowledged under this epoch. Of one that is down nobody knows.</summary>
    public bool HasLost(int id, long epoch) => _brokers.TryGetValue(id, out var broker) && epoch < broker.CleanSince;

    /// <summary>It is up and not about to stop.</summary>
    public bool Stays(int id) => _brokers.TryGetValue(id, out var broker) && !broker.IsStopping;

    /// <summary>Whether the same processes are up, and the same of them stay.</summary>
    public bool IsSameAs(LivingBrokers other) =>
        Count == other.Count && _brokers.Values.All(broker => other.Find(broker.Id.Value) == broker);

    public LivingBroker[] ToArray() => [.. _brokers.Values];
}
