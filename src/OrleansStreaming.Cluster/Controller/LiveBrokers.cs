using Orleans.Runtime;
using OrleansStreaming.Contracts.Brokers;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>Which brokers can lead: registered, recovered, and their silo is a member of the cluster. Any thread.</summary>
internal sealed class LiveBrokers(IClusterMembershipService membership)
{
    public IReadOnlySet<int> Of(ControllerState state)
    {
        var alive = new HashSet<int>();
        foreach (var member in membership.CurrentSnapshot.Members.Values)
        {
            var broker = BrokerSilos.BrokerOf(member.Name).Value;
            if (member.Status == SiloStatus.Active && state.Brokers.TryGetValue(broker, out var registration) && registration.IsReady)
            {
                alive.Add(broker);
            }
        }

        return alive;
    }
}
