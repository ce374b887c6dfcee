using static OrleansStreaming.Contracts.Configs.ConfigScope;

namespace OrleansStreaming.Contracts.Configs;

public static partial class BrokerConfigs
{
    private static void AddEndpoint(ConfigTable table) => table
        .Int("broker.id", -1, "This broker's id.", ReadOnly)
        .Int("node.id", null, "Another name of broker.id.", ReadOnly, min: 0)
        .List("process.roles", "broker,controller", "What this process does; every broker may host the controller.", ReadOnly, null, ConfigRules.ListOf("broker", "controller"))
        .String("broker.rack", null, "The rack or zone, for spreading replicas and for fetching from the nearest one.", ReadOnly)
        .List("listeners", "PLAINTEXT://:9092", "Where the Kafka endpoint listens.", PerBroker)
        .List("advertised.listeners", null, "Where clients are told to connect; by default where it listens.", PerBroker)
        .String("listener.security.protocol.map", "SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT", "Listener names and what they speak.", PerBroker)
        .String("inter.broker.listener.name", null, "Listener for brokers among themselves; brokers here talk over Orleans instead.", ReadOnly)
        .String("security.inter.broker.protocol", "PLAINTEXT", "Protocol for brokers among themselves; brokers here talk over Orleans instead.", ReadOnly, null, ConfigRules.OneOf("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"))
        .String("inter.broker.protocol.version", "4.0-IV3", "Read by tools to learn which Kafka release this broker behaves like.", ReadOnly)
        .String("authorizer.class.name", "", "Set when access is controlled.", ReadOnly)
        .Int("num.network.threads", 3, "Kafka's network threads; the thread pool takes care of it here.", Dynamic, min: 1)
        .Int("num.io.threads", 8, "Kafka's request threads; the thread pool takes care of it here.", Dynamic, min: 1)
        .Int("background.threads", 10, "Kafka's background threads; the thread pool takes care of it here.", Dynamic, min: 1)
        .Int("socket.request.max.bytes", 100 * 1024 * 1024, "Largest request accepted, in bytes; a larger one costs its connection.", ReadOnly, min: 1)
        .Int("socket.send.buffer.bytes", 100 * 1024, "Socket send buffer, in bytes; -1 leaves it to the operating system.", ReadOnly)
        .Int("socket.receive.buffer.bytes", 100 * 1024, "Socket receive buffer, in bytes; -1 leaves it to the operating system.", ReadOnly)
        .Int("socket.listen.backlog.size", 50, "Connections that may wait to be accepted.", ReadOnly, min: 1)
        .Int("max.connections", int.MaxValue, "Connections at one time.", Dynamic, min: 0)
        .Int("max.connections.per.ip", int.MaxValue, "Connections at one time from one address.", Dynamic, min: 0)
        .String("max.connections.per.ip.overrides", "", "Limits for single addresses, as host:count.", Dynamic)
        .Int("max.connection.creation.rate", int.MaxValue, "New connections per second.", Dynamic, min: 0)
        .Long("connections.max.idle.ms", 600_000, "Idle time after which a connection is closed, in ms; negative: never.", ReadOnly)
        .Long("sasl.kerberos.min.time.before.relogin", 60_000, "Time between two refreshes of a Kerberos ticket, in ms; Kerberos is not spoken here.", PerBroker, min: 0)
        .Int("connection.failed.authentication.delay.ms", 100, "How long a failed log-in waits for its closing, in ms.", ReadOnly, min: 0)
        .Int("queued.max.requests", 500, "Requests that may wait before reading stops.", ReadOnly, min: 1)
        .Long("queued.max.request.bytes", -1, "Bytes of requests that may wait before reading stops; -1 is no limit.", ReadOnly)
        .Int("request.timeout.ms", 30_000, "How long brokers wait for each other, in ms.", ReadOnly)
        .Int("fetch.max.bytes", 55 * 1024 * 1024, "Largest fetch answer, in bytes, whatever the client asks.", ReadOnly, min: 1024)
        .Int("max.incremental.fetch.session.cache.slots", 1000, "Fetch sessions that are kept (KIP-227).", ReadOnly, min: 0)
        .Int("max.request.partition.size.limit", 2000, "Partitions in one DescribeTopicPartitions answer.", ReadOnly, min: 1)
        .Int("quota.window.num", 11, "Samples kept for client quotas.", ReadOnly, min: 1)
        .Int("quota.window.size.seconds", 1, "Length of one quota sample, in s.", ReadOnly, min: 1)
        .Int("controller.quota.window.num", 11, "Samples kept for quotas on topic changes.", ReadOnly, min: 1)
        .Int("controller.quota.window.size.seconds", 1, "Length of one such sample, in s.", ReadOnly, min: 1);
}
