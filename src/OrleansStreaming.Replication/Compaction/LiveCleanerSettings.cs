using System.Globalization;
using Microsoft.Extensions.Options;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Configs;

namespace OrleansStreaming.Replication.Compaction;

/// <summary>This broker's cleaner configs as they apply now: given at its start, or since by AlterConfigs (KIP-226). Any thread.</summary>
internal sealed class LiveCleanerSettings(IClusterMetadata metadata, IOptions<BrokerOptions> options)
{
    private static readonly IReadOnlyDictionary<string, string> _none = new Dictionary<string, string>();

    private readonly string _self = options.Value.BrokerId.ToString(CultureInfo.InvariantCulture);
    private volatile Seen? _seen;

    /// <summary>The same object as long as nothing changes.</summary>
    public CleanerSettings Current
    {
        get
        {
            var configs = metadata.Current.BrokerConfigs;
            var seen = _seen;
            if (seen is null || !ReferenceEquals(seen.Configs, configs))
            {
                var settings = CleanerSettings.From(new BrokerConfigLayers
                {
                    Dynamic = configs.GetValueOrDefault(_self, _none),
                    DynamicDefault = configs.GetValueOrDefault("", _none),
                    Static = options.Value.Configs.AsReadOnly(),
                });
                _seen = seen = new Seen(configs, settings == seen?.Settings ? seen.Settings : settings);
            }

            return seen.Settings;
        }
    }

    private sealed record Seen(object Configs, CleanerSettings Settings);
}
