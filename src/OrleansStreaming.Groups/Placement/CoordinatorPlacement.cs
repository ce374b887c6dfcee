using System.Globalization;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Placement;

/// <summary>A coordinator lives on the broker that its key ends with, as in <c>orders@7</c>: beside the log it reads.</summary>
[Serializable]
public sealed class CoordinatorPlacement : PlacementStrategy;

/// <summary>Pins a grain class to the broker at the end of its key.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class CoordinatorPlacementAttribute() : PlacementAttribute(new CoordinatorPlacement());

/// <summary>Finds the living silo that is the broker in the key. Any thread.</summary>
internal sealed class CoordinatorPlacementDirector(IClusterMembershipService membership) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var key = target.GrainIdentity.Key.ToString() ?? "";
        var broker = new BrokerId(int.Parse(key.AsSpan(key.LastIndexOf('@') + 1), NumberStyles.None, CultureInfo.InvariantCulture));

        // After a restart the former process may still be listed: the later generation is the broker.
        var silo = membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status == SiloStatus.Active && BrokerSilos.BrokerOf(member.Name) == broker)
            .Select(member => member.SiloAddress)
            .MaxBy(address => address.Generation);
        return silo is null
            ? Task.FromException<SiloAddress>(new OrleansException($"Broker {broker} is not alive."))
            : Task.FromResult(silo);
    }
}
