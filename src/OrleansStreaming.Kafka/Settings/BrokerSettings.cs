using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Options;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Configs;

namespace OrleansStreaming.Kafka.Settings;

/// <summary>This broker's configs as they apply now: set at start, or since by AlterConfigs. Looking one up costs a dictionary access.</summary>
internal sealed class BrokerSettings(IClusterMetadata metadata, IOptions<KafkaEndpointOptions> options)
{
    private static readonly IReadOnlyDictionary<string, string> _noConfigs = new Dictionary<string, string>();

    private readonly string _brokerId = options.Value.BrokerId.ToString(CultureInfo.InvariantCulture);
    private Snapshot _snapshot = new(ClusterImage.Empty, [], [], []);

    /// <summary>What is set on this broker, by how it was set.</summary>
    public BrokerConfigLayers Layers => LayersOf(metadata.Current);

    /// <exception cref="KeyNotFoundException">There is no such config.</exception>
    public int Int(string name)
    {
        var snapshot = Current();
        if (!snapshot.Ints.TryGetValue(name, out var value))
        {
            value = int.Parse(Value(name, snapshot.Image), CultureInfo.InvariantCulture);
            snapshot.Ints.TryAdd(name, value);
        }

        return value;
    }

    /// <inheritdoc cref="Int"/>
    public bool Bool(string name)
    {
        var snapshot = Current();
        if (!snapshot.Bools.TryGetValue(name, out var value))
        {
            value = bool.Parse(Value(name, snapshot.Image));
            snapshot.Bools.TryAdd(name, value);
        }

        return value;
    }

    /// <summary>Empty when it has no value.</summary>
    public string Text(string name)
    {
        var snapshot = Current();
        if (!snapshot.Texts.TryGetValue(name, out var value))
        {
            value = EffectiveConfigs.BrokerValue(name, LayersOf(snapshot.Image)) ?? "";
            snapshot.Texts.TryAdd(name, value);
        }

        return value;
    }

    private string Value(string name, ClusterImage image) =>
        EffectiveConfigs.BrokerValue(name, LayersOf(image)) ?? throw new KeyNotFoundException($"The config {name} has no value.");

    private Snapshot Current()
    {
        var image = metadata.Current;
        var snapshot = _snapshot;
        return ReferenceEquals(snapshot.Image.BrokerConfigs, image.BrokerConfigs) ? snapshot : _snapshot = new Snapshot(image, [], [], []);
    }

    private BrokerConfigLayers LayersOf(ClusterImage image) => new()
    {
        Dynamic = image.BrokerConfigs.GetValueOrDefault(_brokerId, _noConfigs),
        DynamicDefault = image.BrokerConfigs.GetValueOrDefault("", _noConfigs),
        Static = options.Value.Configs,
    };

    private sealed record Snapshot(
        ClusterImage Image,
        ConcurrentDictionary<string, int> Ints,
        ConcurrentDictionary<string, bool> Bools,
        ConcurrentDictionary<string, string> Texts);
}
