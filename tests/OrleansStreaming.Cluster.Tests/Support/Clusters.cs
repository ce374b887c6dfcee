using System.Collections.Immutable;
using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Cluster.Controller;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Tests.Support;

/// <summary>States and machines to begin a test with.</summary>
internal static class Clusters
{
    public static ControllerRules Rules(int seed = 1, Dictionary<string, string>? configs = null)
    {
        var random = new Random(seed);
        var bytes = new byte[16];
        return new ControllerRules(
            () =>
            {
                random.NextBytes(bytes);
                return new Guid(bytes);
            },
            random,
            configs ?? []);
    }

    public static ControllerState State(params int[] brokers) => new()
    {
        ClusterId = "aaaaaaaaaaaaaaaaaaaaaa",
        Term = 1,
        Brokers = brokers.ToImmutableDictionary(id => id, id => new BrokerRegistration { Id = id, Host = "h", Port = 9092, IsReady = true }),
    };

    public static ControllerMachine Machine(params int[] brokers) => new(State(brokers), new BrokerId(1), Rules());

    /// <summary>Brokers that are up in their first life.</summary>
    public static LivingBrokers Alive(params int[] brokers) => new(brokers.Select(id => Up(id)));

    public static LivingBrokers Alive(params LivingBroker[] brokers) => new(brokers);

    /// <param name="cleanSince">-1: all its stops were clean.</param>
    public static LivingBroker Up(int id, long epoch = 1, long cleanSince = -1, bool isStopping = false) =>
        new(new BrokerId(id), epoch, cleanSince < 0 ? 1 : cleanSince, isStopping);

    public static TopicDescription Topic(string name, TopicId id, long version, params int[][] replicas) => new()
    {
        Name = name,
        Id = id,
        Version = version,
        Configs = new Dictionary<string, string>(),
        Partitions = replicas.Select((brokers, index) => new PartitionDescription
        {
            Partition = index,
            Leader = new BrokerId(brokers[0]),
            LeaderEpoch = new LeaderEpoch(0),
            PartitionEpoch = new PartitionEpoch(0),
            Replicas = brokers.Select(broker => new BrokerId(broker)).ToArray(),
            InSyncReplicas = brokers.Select(broker => new BrokerId(broker)).ToArray(),
        }).ToArray(),
    };
}
