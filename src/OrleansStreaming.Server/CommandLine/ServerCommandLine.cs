using System.CommandLine;
using System.CommandLine.Help;
using OrleansStreaming.Server.Configuration;

namespace OrleansStreaming.Server.CommandLine;

/// <summary>The broker's options. Values are only collected here; what they mean is checked for all sources alike.</summary>
internal sealed class ServerCommandLine
{
    private readonly Option<string?> _brokerId = new("--broker-id") { HelpName = "ID", Description = "The broker's id, a whole number that survives restarts. [default: 1]" };
    private readonly Option<string?> _dataDirectory = new("--data-dir") { HelpName = "PATH", Description = "Where the data lies. [default: ./data]" };
    private readonly Option<string?> _kafka = new("--kafka") { HelpName = "HOST:PORT", Description = "Where Kafka clients connect; port 0 picks a free one. [default: 127.0.0.1:9092]" };
    private readonly Option<string?> _advertised = new("--advertised") { HelpName = "HOST:PORT", Description = "The address told to Kafka clients, when it is not the one listened on." };
    private readonly Option<string?> _http = new("--http") { HelpName = "HOST:PORT", Description = "Where /health/live, /health/ready and /metrics are served. [default: 127.0.0.1:8080]" };
    private readonly Option<string?> _clusterDirectory = new("--cluster-dir") { HelpName = "PATH", Description = "Where cluster state lies, shared by brokers of one machine. [default: cluster in the data directory]" };
    private readonly Option<string[]> _configs = new("--config") { HelpName = "NAME=VALUE", Description = "A Kafka broker config, e.g. num.partitions=6. May be repeated." };
    private readonly RootCommand _root;

    public ServerCommandLine()
    {
        _root = new RootCommand(
            "An Orleans Streaming broker: a durable, partitioned event log that Kafka clients use.\n\n" +
            "Each option can also be set in the OrleansStreaming section of appsettings.json in the working directory (BrokerId, DataDir, " +
            "Kafka, Advertised, Http, ClusterDir, Config) or as an environment variable (ORLEANS_STREAMING_BROKER_ID, …, " +
            "ORLEANS_STREAMING_CONFIG_NUM_PARTITIONS). The command line wins over the environment, and that over the file.");
        foreach (var option in (Option[])[_brokerId, _dataDirectory, _kafka, _advertised, _http, _clusterDirectory, _configs])
        {
            _root.Options.Add(option);
        }
    }

    /// <summary>
    /// The options given, by <see cref="OptionKeys"/>; null when the command line asked for help or the version, which is then
    /// already answered.
    /// </summary>
    /// <exception cref="OptionsException">An option is unknown, lacks its value, or is given twice.</exception>
    public IReadOnlyDictionary<string, string>? Parse(string[] arguments)
    {
        var parsed = _root.Parse(arguments);
        if (parsed.Action is HelpAction || parsed.GetResult("--version") is not null)
        {
            parsed.Invoke();
            return null;
        }

        if (parsed.Errors is [var error, ..])
        {
            throw new OptionsException($"{error.Message} (--help lists the options)");
        }

        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        Add(OptionKeys.BrokerId, parsed.GetValue(_brokerId));
        Add(OptionKeys.DataDirectory, parsed.GetValue(_dataDirectory));
        Add(OptionKeys.Kafka, parsed.GetValue(_kafka));
        Add(OptionKeys.Advertised, parsed.GetValue(_advertised));
        Add(OptionKeys.Http, parsed.GetValue(_http));
        Add(OptionKeys.ClusterDirectory, parsed.GetValue(_clusterDirectory));
        foreach (var config in parsed.GetValue(_configs) ?? [])
        {
            var equals = config.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new OptionsException($"--config: '{config}' is not NAME=VALUE, e.g. num.partitions=6.");
            }

            Add($"{OptionKeys.Config}:{config[..equals].Trim()}", config[(equals + 1)..]);
        }

        return values;

        void Add(string key, string? value)
        {
            if (value is not null)
            {
                values[key] = value;
            }
        }
    }
}
