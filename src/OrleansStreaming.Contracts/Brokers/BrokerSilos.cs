using System.Globalization;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Brokers;

/// <summary>The convention that ties a broker to its silo: broker 7 is the silo named <c>broker-7</c>.</summary>
public static class BrokerSilos
{
    private const string Prefix = "broker-";

    public static string NameOf(BrokerId broker) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{broker.Value}");

    /// <summary>The broker that a silo is, or <see cref="BrokerId.None"/> when its name is not a broker's.</summary>
    public static BrokerId BrokerOf(string? siloName) =>
        siloName is not null
        && siloName.StartsWith(Prefix, StringComparison.Ordinal)
        && int.TryParse(siloName.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? new BrokerId(id)
            : BrokerId.None;
}
