using System.Globalization;
using Microsoft.Extensions.Configuration;
using OrleansStreaming.Contracts.Configs;

namespace OrleansStreaming.Server.Configuration;

/// <summary>Checks what the sources say and makes options of it.</summary>
internal static class ServerOptionsReader
{
    /// <summary>Broker configs that have an option of their own: said twice, one of them would be a lie.</summary>
    private static readonly Dictionary<string, string> _haveOptions = new(StringComparer.Ordinal)
    {
        ["broker.id"] = "--broker-id",
        ["node.id"] = "--broker-id",
        ["log.dirs"] = "--data-dir",
        ["log.dir"] = "--data-dir",
        ["listeners"] = "--kafka",
        ["advertised.listeners"] = "--advertised",
    };

    /// <exception cref="OptionsException">Something cannot be what it says.</exception>
    public static ServerOptions Read(IConfiguration configuration, string workingDirectory)
    {
        var dataDirectory = Path.GetFullPath(Text(configuration, OptionKeys.DataDirectory) ?? "data", workingDirectory);
        return new ServerOptions
        {
            BrokerId = BrokerId(configuration),
            DataDirectory = dataDirectory,
            ClusterDirectory = Text(configuration, OptionKeys.ClusterDirectory) is { } cluster
                ? Path.GetFullPath(cluster, workingDirectory)
                : Path.Combine(dataDirectory, "cluster"),
            Kafka = Address(configuration, OptionKeys.Kafka, "--kafka") ?? new EndpointAddress("127.0.0.1", 9092),
            Advertised = Address(configuration, OptionKeys.Advertised, "--advertised"),
            Http = Address(configuration, OptionKeys.Http, "--http") ?? new EndpointAddress("127.0.0.1", 8080),
            Configs = Configs(configuration),
            Telemetry = Telemetry(configuration),
        };
    }

    private static int BrokerId(IConfiguration configuration)
    {
        var text = Text(configuration, OptionKeys.BrokerId);
        return text is null ? 1
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id
            : throw new OptionsException($"--broker-id: '{text}' is not a whole number from 0 to {int.MaxValue}.");
    }

    private static EndpointAddress? Address(IConfiguration configuration, string key, string option)
    {
        var text = Text(configuration, key);
        return text is null ? null
            : EndpointAddress.TryParse(text, out var address) ? address
            : throw new OptionsException($"{option}: '{text}' is not HOST:PORT, e.g. 0.0.0.0:9092 or [::1]:9092.");
    }

    private static Dictionary<string, string> Configs(IConfiguration configuration)
    {
        var configs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in configuration.GetSection(OptionKeys.Config).GetChildren())
        {
            var value = entry.Value ?? "";
            if (_haveOptions.TryGetValue(entry.Key, out var option))
            {
                throw new OptionsException($"--config {entry.Key}: say it with {option}.");
            }

            if (BrokerConfigs.Validate(entry.Key, value) is { } reason)
            {
                throw new OptionsException($"--config {entry.Key}={value}: {reason}");
            }

            configs[entry.Key] = value;
        }

        return configs;
    }

    private static Uri? Telemetry(IConfiguration configuration)
    {
        var text = Text(configuration, OptionKeys.Telemetry);
        return text is null ? null
            : Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri
            : throw new OptionsException($"{OptionKeys.Telemetry}: '{text}' is not an http:// or https:// address.");
    }

    private static string? Text(IConfiguration configuration, string key) =>
        configuration[key] is { } text && text.Trim() is { Length: > 0 } trimmed ? trimmed : null;
}
