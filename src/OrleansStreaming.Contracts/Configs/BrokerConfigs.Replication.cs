using static OrleansStreaming.Contracts.Configs.ConfigScope;

namespace OrleansStreaming.Contracts.Configs;

public static partial class BrokerConfigs
{
    private static void AddReplication(ConfigTable table) => table
        .Int("default.replication.factor", 1, "Replicas of a topic that is created without saying how many.", ReadOnly, min: 1)
        .Int("min.insync.replicas", 1, "Default of the topic config of the same name.", Dynamic, min: 1)
        .Boolean("unclean.leader.election.enable", false, "Default of the topic config of the same name.", Dynamic)
        .Boolean("auto.leader.rebalance.enable", true, "Move leadership back to preferred replicas by itself.", ReadOnly)
        .Int("leader.imbalance.per.broker.percentage", 10, "Share of leaders away from their preferred broker that starts a move.", ReadOnly)
        .Long("leader.imbalance.check.interval.seconds", 300, "Time between two looks for such leaders, in s.", ReadOnly, min: 1)
        .Long("replica.lag.time.max.ms", 30_000, "How long a follower may lag before it leaves the in-sync set, in ms.", ReadOnly)
        .Int("replica.fetch.max.bytes", 1024 * 1024, "Bytes a partition may get in one replication message.", ReadOnly, min: 0)
        .Int("replica.fetch.response.max.bytes", 10 * 1024 * 1024, "Bytes of one replication message.", ReadOnly, min: 0)
        .Int("replica.fetch.wait.max.ms", 500, "Kafka's wait of a follower's fetch, in ms; followers are pushed to here.", ReadOnly)
        .Int("replica.fetch.min.bytes", 1, "Kafka's least bytes of a follower's fetch; followers are pushed to here.", ReadOnly)
        .Int("num.replica.fetchers", 1, "Kafka's fetcher threads; followers are pushed to here.", Dynamic)
        .Long("replica.high.watermark.checkpoint.interval.ms", 5_000, "Time between two writes of the high watermarks, in ms.", ReadOnly)
        .String("replica.selector.class", null, "How a replica is chosen for reading (KIP-392); none is the leader.", ReadOnly, null, ReplicaSelectors.Rule)
        .Boolean("controlled.shutdown.enable", true, "Hand leadership over before stopping.", ReadOnly);
}
