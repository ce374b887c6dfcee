using Orleans.Runtime;
using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Contracts.Brokers;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>Which brokers are up: registered, recovered, and their silo is a member of the cluster. Any thread.</summary>
internal sealed class LiveBrokers(IClusterMembershipService membership)
{
    public LivingBrokers Of(ControllerState state) => BrokerRegistry.Living(
        state,
        membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status == SiloStatus.Active)
            .Select(member => (member.SiloAddress.ToParsableString(), BrokerSilos.BrokerOf(member.Name))));
}
