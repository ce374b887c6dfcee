using Orleans.Placement;
using Orleans.Runtime;

namespace OrleansStreaming.Contracts.Brokers;

/// <summary>The grain lives on the broker that its key names: <c>…@7</c> or <c>7</c> is broker 7.</summary>
[Serializable]
public sealed class BrokerPinnedPlacement : PlacementStrategy;

/// <summary>Pins a grain class to the broker in its key.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class BrokerPinnedAttribute() : PlacementAttribute(new BrokerPinnedPlacement());
