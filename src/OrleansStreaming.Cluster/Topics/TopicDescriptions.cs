using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Topics;

/// <summary>From what is written down to what is told.</summary>
internal static class TopicDescriptions
{
    public static TopicDescription Of(TopicState state) => new()
    {
        Name = state.Name,
        Id = new TopicId(state.Id),
        IsInternal = state.IsInternal,
        Version = state.Version,
        Configs = new Dictionary<string, string>(state.Configs),
        Partitions = state.Partitions.Select(Of).ToArray(),
    };

    public static PartitionDescription Of(PartitionState state, int partition) => new()
    {
        Partition = partition,
        Leader = new BrokerId(state.Leader),
        LeaderEpoch = new LeaderEpoch(state.LeaderEpoch),
        PartitionEpoch = new PartitionEpoch(state.PartitionEpoch),
        Replicas = Brokers(state.Replicas),
        InSyncReplicas = Brokers(state.InSync),
        InSyncBrokerEpochs = Array.ConvertAll(state.InSync, state.InSyncEpochOf),
        EligibleLeaderReplicas = Brokers(state.Eligible),
        AddingReplicas = Brokers(state.Adding),
        RemovingReplicas = Brokers(state.Removing),
    };

    private static BrokerId[] Brokers(int[] ids) => Array.ConvertAll(ids, id => new BrokerId(id));
}
