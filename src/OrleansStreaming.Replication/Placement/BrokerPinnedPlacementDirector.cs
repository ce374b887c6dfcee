using System.Globalization;
using Orleans.Runtime;
using Orleans.Runtime.Placement;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Placement;

/// <summary>Finds the living silo that is the broker named by a grain's key. Any thread.</summary>
internal sealed class BrokerPinnedPlacementDirector(IClusterMembershipService membership) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var key = target.GrainIdentity.Key.ToString() ?? "";
        var broker = new BrokerId(int.Parse(key.AsSpan(key.LastIndexOf('@') + 1), NumberStyles.None, CultureInfo.InvariantCulture));
        var name = BrokerSilos.NameOf(broker);

        // After a restart the former process may still be listed: the later generation is the broker.
        var silo = membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status == SiloStatus.Active && member.Name == name)
            .Select(member => member.SiloAddress)
            .MaxBy(address => address.Generation);
        return silo is null
            ? Task.FromException<SiloAddress>(new OrleansException($"Broker {broker} is not alive."))
            : Task.FromResult(silo);
    }
}
