using System.Runtime.CompilerServices;
using Orleans.Runtime;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Brokers;

/// <summary>The brokers among the silos that Orleans knows.</summary>
internal sealed class SiloBrokerMembership(IClusterMembershipService membership) : IBrokerMembership
{
    public IReadOnlyList<(string Silo, BrokerId Broker)> Active => Brokers(membership.CurrentSnapshot);

    public IAsyncEnumerable<IReadOnlyList<(string Silo, BrokerId Broker)>> Changes => ReadAsync();

    public Task RefreshAsync() => membership.Refresh().AsTask();

    private async IAsyncEnumerable<IReadOnlyList<(string Silo, BrokerId Broker)>> ReadAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(cancellationToken))
        {
            yield return Brokers(snapshot);
        }
    }

    private static (string Silo, BrokerId Broker)[] Brokers(ClusterMembershipSnapshot snapshot) =>
    [
        .. snapshot.Members.Values
            .Where(member => member.Status == SiloStatus.Active)
            .Select(member => (member.SiloAddress.ToParsableString(), BrokerSilos.BrokerOf(member.Name)))
            .Where(member => member.Item2 != BrokerId.None),
    ];
}
