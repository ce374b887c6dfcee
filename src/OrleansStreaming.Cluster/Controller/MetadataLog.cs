using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>
/// The cluster's metadata by version, and what changed since any version that a broker may name. Versions are the controller's
/// term in the upper 32 bits and a count below, so that they grow across restarts without being written down. Single-threaded.
/// </summary>
/// <param name="maxDeletions">How many deletions are remembered; who asks from before them gets a snapshot.</param>
public sealed class MetadataLog(string clusterId, BrokerId controller, int term, int maxDeletions = 1024)
{
    private readonly Dictionary<TopicId, (TopicDescription Topic, long ChangedAt)> _topics = [];
    private readonly Queue<(TopicId Topic, long DeletedAt)> _deletions = [];
    private long _oldest = (long)term << 32;
    private IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> _brokerConfigs =
        new Dictionary<string, IReadOnlyDictionary<string, string>>();

    private IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> _groupConfigs =
        new Dictionary<string, IReadOnlyDictionary<string, string>>();

    private long _groupConfigsChangedAt = -1;

    public long Version { get; private set; } = (long)term << 32;

    public IReadOnlyList<BrokerDescription> Brokers { get; private set; } = [];

    public IEnumerable<TopicDescription> Topics => _topics.Values.Select(entry => entry.Topic);

    public TopicDescription? Find(TopicId topic) => _topics.TryGetValue(topic, out var entry) ? entry.Topic : null;

    public void SetBrokers(
        IReadOnlyList<BrokerDescription> brokers, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> configs)
    {
        Brokers = brokers;
        _brokerConfigs = configs;
        Version++;
    }

    public void SetGroupConfigs(IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> configs)
    {
        _groupConfigs = configs;
        _groupConfigsChangedAt = ++Version;
    }

    /// <summary>An older description than the one known is ignored.</summary>
    public void SetTopic(TopicDescription topic)
    {
        if (_topics.TryGetValue(topic.Id, out var known) && known.Topic.Version >= topic.Version)
        {
            return;
        }

        _topics[topic.Id] = (topic, ++Version);
    }

    public void RemoveTopic(TopicId topic)
    {
        if (!_topics.Remove(topic))
        {
            return;
        }

        _deletions.Enqueue((topic, ++Version));
        if (_deletions.Count > maxDeletions)
        {
            _oldest = _deletions.Dequeue().DeletedAt;
        }
    }

    /// <summary>What to tell someone who knows <paramref name="version"/>: the changes, or everything when they are not known.</summary>
    /// <param name="all">All topics that there are, also those whose description is not known here.</param>
    public MetadataUpdate Since(long version, IEnumerable<TopicId>? all = null)
    {
        var isSnapshot = version < _oldest || version > Version;
        return new MetadataUpdate
        {
            Version = Version,
            IsSnapshot = isSnapshot,
            ClusterId = clusterId,
            Controller = controller,
            Brokers = Brokers,
            BrokerConfigs = _brokerConfigs,
            GroupConfigs = isSnapshot || _groupConfigsChangedAt > version ? _groupConfigs : null,
            Topics = _topics.Values.Where(entry => isSnapshot || entry.ChangedAt > version).Select(entry => entry.Topic).ToArray(),
            UnknownTopics = isSnapshot && all is not null ? all.Where(topic => !_topics.ContainsKey(topic)).ToArray() : [],
            DeletedTopics = isSnapshot
                ? []
                : _deletions.Where(deletion => deletion.DeletedAt > version).Select(deletion => deletion.Topic).ToArray(),
        };
    }
}
