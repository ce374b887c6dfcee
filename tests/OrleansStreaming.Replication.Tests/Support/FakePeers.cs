using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Replicas;

namespace OrleansStreaming.Replication.Tests.Support;

/// <summary>Other brokers that are only noted down: who was told to be ready, and what was asked of topics.</summary>
internal sealed class FakePeers : IReplicaPeers
{
    public TimeSpan Now { get; set; } = TimeSpan.FromMinutes(1);

    public HashSet<BrokerId> Absent { get; } = [];

    public System.Collections.Concurrent.ConcurrentQueue<(BrokerId Follower, TimeSpan At)> Told { get; } = new();

    public List<InSyncProposal> Proposals { get; } = [];

    public List<LeaderResignation> Resignations { get; } = [];

    public bool IsPresent(BrokerId broker) => !Absent.Contains(broker);

    public void Ready(BrokerId follower, LocalReplica replica, TimeSpan at, bool isCatchingUp) => Told.Enqueue((follower, at));

    public List<BrokerId> Asked { get; } = [];

    public void Ask(BrokerId leader, TopicPartition partition) => Asked.Add(leader);

    public void Propose(string topic, InSyncProposal proposal) => Proposals.Add(proposal);

    public void Resign(string topic, LeaderResignation resignation) => Resignations.Add(resignation);
}
