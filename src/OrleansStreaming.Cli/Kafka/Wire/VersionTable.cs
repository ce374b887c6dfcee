using OrleansStreaming.Client;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Cli.Kafka.Wire;

/// <summary>The versions a broker speaks, and which of them this tool uses: the highest both know.</summary>
internal sealed class VersionTable(BrokerAddress broker, IReadOnlyDictionary<ApiKey, (short Lowest, short Highest)> announced)
{
    /// <summary>Beyond these, topics are named by id only, which this tool never does.</summary>
    private static readonly Dictionary<ApiKey, short> _highestByName = new()
    {
        [ApiKey.Produce] = 12,
        [ApiKey.Fetch] = 12,
        [ApiKey.OffsetCommit] = 9,
        [ApiKey.OffsetFetch] = 9,
    };

    /// <summary>Before these, record batches had formats that this tool does not write or read.</summary>
    private static readonly Dictionary<ApiKey, short> _lowestWithBatches = new()
    {
        [ApiKey.Produce] = 3,
        [ApiKey.Fetch] = 4,
    };

    public bool Has(ApiKey key) => TryChoose(key, out _);

    /// <exception cref="RequestRefusedException">The broker does not have the API, or only in versions this tool does not speak.</exception>
    public short Choose(ApiKey key) => TryChoose(key, out var version)
        ? version
        : throw new RequestRefusedException(
            ErrorCode.UnsupportedVersion,
            announced.TryGetValue(key, out var range)
                ? $"Broker {broker} speaks {key} {range.Lowest} to {range.Highest}, which this tool does not."
                : $"Broker {broker} does not offer {key}, which this command needs.");

    private bool TryChoose(ApiKey key, out short version)
    {
        version = 0;
        if (!announced.TryGetValue(key, out var range) || !ApiCatalog.TryGet(key, out var schema))
        {
            return false;
        }

        version = Math.Min(Math.Min(range.Highest, schema.HighestVersion), _highestByName.GetValueOrDefault(key, short.MaxValue));
        return version >= range.Lowest && version >= schema.LowestVersion && version >= _lowestWithBatches.GetValueOrDefault(key);
    }
}
