using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>
/// More replicas for a topic that was created when there were fewer brokers than its replication factor: nobody is taken away, the
/// new ones go where the topic has least and to other racks first, and the preferred leaders spread over everybody. Pure.
/// </summary>
public static class ReplicaGrowth
{
    /// <summary>
    /// The moves that bring each partition as close to the factor as the living brokers allow. Partitions that move already, or
    /// that nobody leads, are left alone.
    /// </summary>
    public static PartitionReassignment[] Decide(TopicDescription topic, IReadOnlyCollection<PlacementBroker> brokers, int replicationFactor)
    {
        var living = brokers.Where(broker => broker.IsAlive).OrderBy(broker => broker.Id).ToArray();
        var racks = brokers.ToDictionary(broker => broker.Id, broker => broker.Rack);
        var held = CountBy(topic.Partitions.SelectMany(partition => partition.Replicas));
        var preferred = CountBy(topic.Partitions.Select(partition => partition.Replicas[0]));
        var moves = new List<PartitionReassignment>();
        foreach (var partition in topic.Partitions.Where(partition => CanGrow(partition) && partition.Replicas.Count < replicationFactor))
        {
            var target = partition.Replicas.Select(broker => broker.Value).ToList();
            while (target.Count < replicationFactor && Next(target) is { } next)
            {
                target.Add(next);
                held[next] = held.GetValueOrDefault(next) + 1;
            }

            if (target.Count > partition.Replicas.Count)
            {
                preferred[target[0]]--;
                var first = target.Where(id => living.Any(broker => broker.Id == id)).MinBy(id => preferred.GetValueOrDefault(id));
                preferred[first] = preferred.GetValueOrDefault(first) + 1;
                moves.Add(new PartitionReassignment
                {
                    Topic = topic.Name,
                    Partition = partition.Partition,
                    Replicas = [new BrokerId(first), .. target.Where(id => id != first).Select(id => new BrokerId(id))],
                });
            }
        }

        return [.. moves];

        int? Next(List<int> present) => living
            .Where(broker => !present.Contains(broker.Id))
            .OrderBy(broker => broker.Rack is null ? 0 : present.Count(id => racks.GetValueOrDefault(id) == broker.Rack))
            .ThenBy(broker => held.GetValueOrDefault(broker.Id))
            .Select(broker => (int?)broker.Id)
            .FirstOrDefault();
    }

    /// <summary>Partitions with too few replicas that cannot get more now, but will.</summary>
    public static bool IsHeldUp(TopicDescription topic, int replicationFactor) =>
        topic.Partitions.Any(partition => partition.Replicas.Count < replicationFactor && !CanGrow(partition));

    private static bool CanGrow(PartitionDescription partition) =>
        partition.Leader != BrokerId.None && partition.AddingReplicas.Count == 0 && partition.RemovingReplicas.Count == 0;

    private static Dictionary<int, int> CountBy(IEnumerable<BrokerId> brokers) =>
        brokers.GroupBy(broker => broker.Value).ToDictionary(group => group.Key, group => group.Count());
}
