using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Contracts.Cluster;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>
/// Whether a topic's leaders and in-sync sets still fit the brokers that are up. A cheap look before the topic grain is asked,
/// who decides. Pure.
/// </summary>
public static class ElectionNeeds
{
    public static bool Of(TopicDescription topic, LivingBrokers living)
    {
        foreach (var partition in topic.Partitions)
        {
            if (Of(partition, living))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Of(PartitionDescription partition, LivingBrokers living)
    {
        var leader = partition.Leader.Value;
        if (leader < 0)
        {
            return IsAnyUp(partition.Replicas, living);
        }

        if (!living.IsSameProcess(leader, partition.LeaderBrokerEpoch))
        {
            return true;
        }

        for (var i = 0; i < partition.InSyncReplicas.Count; i++)
        {
            var member = partition.InSyncReplicas[i].Value;
            if (member != leader && !(living.Stays(member) && living.IsSound(member, EpochAt(partition, i))))
            {
                return true;
            }
        }

        return !living.Stays(leader) && partition.InSyncReplicas.Count > 1;
    }

    private static bool IsAnyUp(IReadOnlyList<Records.Ids.BrokerId> replicas, LivingBrokers living)
    {
        foreach (var replica in replicas)
        {
            if (living.Contains(replica.Value))
            {
                return true;
            }
        }

        return false;
    }

    private static long EpochAt(PartitionDescription partition, int index) =>
        index < partition.InSyncBrokerEpochs.Count ? partition.InSyncBrokerEpochs[index] : -1;
}
