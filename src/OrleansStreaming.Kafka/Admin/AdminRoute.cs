using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Kafka.Replicas;

namespace OrleansStreaming.Kafka.Admin;

/// <summary>The broker that clients are told is the controller: they send their admin requests there.</summary>
internal static class AdminRoute
{
    /// <summary>
    /// The controller's broker or, until a dead one has a successor, any that lives: every broker passes admin requests on to
    /// the controller, so a client need not wait for the election. -1 when no broker lives.
    /// </summary>
    public static int ControllerOf(ClusterImage image) =>
        Topics.IsOnline(image, image.Controller)
            ? image.Controller.Value
            : image.Brokers.Values.FirstOrDefault(broker => broker.IsAlive)?.Id.Value ?? -1;
}
