using static OrleansStreaming.Contracts.Configs.ConfigScope;

namespace OrleansStreaming.Contracts.Configs;

public static partial class BrokerConfigs
{
    private static void AddCoordinators(ConfigTable table) => table
        .Int("offsets.topic.num.partitions", 50, "Partitions of __consumer_offsets.", ReadOnly, min: 1)
        .Short("offsets.topic.replication.factor", 3, "Replicas of __consumer_offsets; as many as there are brokers at first, the rest as more join.", ReadOnly, min: 1)
        .Int("offsets.topic.segment.bytes", 100 * 1024 * 1024, "Segment size of __consumer_offsets, in bytes.", ReadOnly, min: 1)
        .Int("offsets.topic.compression.codec", 0, "Compression of __consumer_offsets, as the codec's number.", ReadOnly)
        .Int("offset.metadata.max.bytes", 4096, "Longest text that may go with a committed offset, in UTF-16 units.", ReadOnly)
        .Int("offsets.load.buffer.size", 5 * 1024 * 1024, "Bytes read at a time when offsets are loaded.", ReadOnly, min: 1)
        .Int("offsets.retention.minutes", 10_080, "How long the offsets of an empty group are kept, in minutes.", ReadOnly, min: 1)
        .Long("offsets.retention.check.interval.ms", 600_000, "Time between two looks for offsets to forget, in ms.", ReadOnly, min: 1)
        .Int("offsets.commit.timeout.ms", 5_000, "How long a commit may take, in ms.", ReadOnly, min: 1)
        .Int("group.initial.rebalance.delay.ms", 3_000, "How long a new group waits for more members, in ms.", ReadOnly)
        .Int("group.min.session.timeout.ms", 6_000, "Shortest session timeout of a classic group, in ms.", ReadOnly)
        .Int("group.max.session.timeout.ms", 1_800_000, "Longest session timeout of a classic group, in ms.", ReadOnly)
        .Int("group.max.size", int.MaxValue, "Members of a classic group.", ReadOnly, min: 1)
        .List("group.coordinator.rebalance.protocols", "classic,consumer,streams", "Group protocols on offer.", ReadOnly)
        .Int("group.consumer.session.timeout.ms", 45_000, "Session timeout of a consumer group (KIP-848), in ms.", ReadOnly, min: 1)
        .Int("group.consumer.min.session.timeout.ms", 45_000, "Its lower bound, in ms.", ReadOnly, min: 1)
        .Int("group.consumer.max.session.timeout.ms", 60_000, "Its upper bound, in ms.", ReadOnly, min: 1)
        .Int("group.consumer.heartbeat.interval.ms", 5_000, "Heartbeat interval of a consumer group, in ms.", ReadOnly, min: 1)
        .Int("group.consumer.min.heartbeat.interval.ms", 5_000, "Its lower bound, in ms.", ReadOnly, min: 1)
        .Int("group.consumer.max.heartbeat.interval.ms", 15_000, "Its upper bound, in ms.", ReadOnly, min: 1)
        .Int("group.consumer.max.size", int.MaxValue, "Members of a consumer group.", ReadOnly, min: 1)
        .List("group.consumer.assignors", "uniform,range", "Assignors on offer, the default one first.", ReadOnly)
        .String("group.consumer.migration.policy", "bidirectional", "Whether groups may move between classic and consumer protocol.", ReadOnly, null, ConfigRules.OneOf("bidirectional", "upgrade", "downgrade", "disabled"))
        .Int("transaction.state.log.num.partitions", 50, "Partitions of __transaction_state.", ReadOnly, min: 1)
        .Short("transaction.state.log.replication.factor", 3, "Replicas of __transaction_state, or as many as there are brokers.", ReadOnly, min: 1)
        .Int("transaction.state.log.min.isr", 2, "In-sync replicas that __transaction_state asks for, or as many as there are brokers.", ReadOnly, min: 1)
        .Int("transaction.state.log.segment.bytes", 100 * 1024 * 1024, "Segment size of __transaction_state, in bytes.", ReadOnly, min: 1)
        .Int("transaction.state.log.load.buffer.size", 5 * 1024 * 1024, "Bytes read at a time when transactions are loaded.", ReadOnly, min: 1)
        .Int("transactional.id.expiration.ms", 604_800_000, "Idle time after which a transactional id is forgotten, in ms.", ReadOnly, min: 1)
        .Int("transaction.max.timeout.ms", 900_000, "Longest transaction a producer may ask for, in ms.", ReadOnly, min: 1)
        .Int("transaction.abort.timed.out.transaction.cleanup.interval.ms", 10_000, "Time between two looks for transactions to abort, in ms.", ReadOnly, min: 1)
        .Int("transaction.remove.expired.transaction.cleanup.interval.ms", 3_600_000, "Time between two looks for transactional ids to forget, in ms.", ReadOnly, min: 1)
        .Boolean("transaction.partition.verification.enable", true, "Check that a partition is part of the transaction that writes to it (KIP-890).", Dynamic);
}
