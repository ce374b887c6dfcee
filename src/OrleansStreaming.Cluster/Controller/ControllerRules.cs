using System.Buffers.Text;
using System.Globalization;
using OrleansStreaming.Cluster.Configs;
using OrleansStreaming.Contracts.Configs;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>What the controller's decisions need from outside: ids, chance, and the configs it was started with.</summary>
public sealed class ControllerRules(Func<Guid> newGuid, Random random, IReadOnlyDictionary<string, string> staticConfigs)
{
    private readonly BrokerConfigLayers _layers = new() { Static = staticConfigs };

    public Random Random { get; } = random;

    /// <summary>What may be set on a consumer group, between the limits of the brokers' configs.</summary>
    public ConfigRuleset GroupConfigs => ConfigRuleset.Group(_layers);

    /// <summary><c>num.partitions</c></summary>
    public int DefaultPartitions => Number("num.partitions");

    /// <summary><c>default.replication.factor</c></summary>
    public short DefaultReplicationFactor => (short)Number("default.replication.factor");

    /// <summary><c>offsets.topic.replication.factor</c></summary>
    public int OffsetsTopicReplicationFactor => Number("offsets.topic.replication.factor");

    /// <summary><c>auto.leader.rebalance.enable</c></summary>
    public bool IsLeaderRebalanceEnabled => EffectiveConfigs.BrokerValue("auto.leader.rebalance.enable", _layers) == "true";

    /// <summary><c>leader.imbalance.check.interval.seconds</c></summary>
    public TimeSpan LeaderImbalanceCheckInterval => TimeSpan.FromSeconds(Number("leader.imbalance.check.interval.seconds"));

    /// <summary><c>leader.imbalance.per.broker.percentage</c></summary>
    public int LeaderImbalancePercentage => Number("leader.imbalance.per.broker.percentage");

    /// <summary>
    /// <c>unclean.leader.election.enable</c> where a topic does not say: as configured for all brokers, else as this one was started.
    /// </summary>
    public bool IsUncleanAllowed(ControllerState state) => EffectiveConfigs.BrokerValue(
        "unclean.leader.election.enable",
        state.BrokerConfigs.TryGetValue("", out var all)
            ? new BrokerConfigLayers { Static = staticConfigs, DynamicDefault = all }
            : _layers) == "true";

    /// <summary>22 characters, as Kafka prints ids; none begins with '-', which command lines take for an option.</summary>
    public string NewClusterId()
    {
        while (true)
        {
            var text = Base64Url.EncodeToString(newGuid().ToByteArray(bigEndian: true));
            if (text[0] != '-')
            {
                return text;
            }
        }
    }

    /// <summary>Never one of Kafka's reserved ids, 0 and 1.</summary>
    public TopicId NewTopicId()
    {
        while (true)
        {
            var id = newGuid();
            if (id != Guid.Empty && id != new Guid(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1))
            {
                return new TopicId(id);
            }
        }
    }

    private int Number(string config) =>
        int.Parse(EffectiveConfigs.BrokerValue(config, _layers)!, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
