using Microsoft.Extensions.Configuration;

namespace OrleansStreaming.Server.Configuration;

/// <summary>
/// Puts the sources together; a later one wins: appsettings.json in the working directory, then environment variables, then
/// the command line.
/// </summary>
internal static class OptionSources
{
    public const string Section = "OrleansStreaming";
    public const string EnvironmentPrefix = "ORLEANS_STREAMING_";
    private const string EnvironmentConfigPrefix = EnvironmentPrefix + "CONFIG_";

    /// <exception cref="OptionsException">appsettings.json is not JSON, or an environment variable names no option.</exception>
    public static IConfiguration Combine(
        string workingDirectory, IReadOnlyDictionary<string, string> environment, IReadOnlyDictionary<string, string> commandLine)
    {
        var builder = new ConfigurationBuilder();
        var file = Path.Combine(workingDirectory, "appsettings.json");
        if (File.Exists(file))
        {
            try
            {
                builder.AddConfiguration(new ConfigurationBuilder().AddJsonFile(file).Build().GetSection(Section));
            }
            catch (InvalidDataException failure)
            {
                throw new OptionsException($"{file}: {(failure.InnerException ?? failure).Message}");
            }
        }

        return builder
            .AddInMemoryCollection(FromEnvironment(environment)!)
            .AddInMemoryCollection(commandLine!)
            .Build();
    }

    private static Dictionary<string, string> FromEnvironment(IReadOnlyDictionary<string, string> environment)
    {
        var options = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in environment)
        {
            if (name.StartsWith(EnvironmentConfigPrefix, StringComparison.Ordinal))
            {
                // As in Kafka's container images: no broker config has an underscore of its own.
                var config = name[EnvironmentConfigPrefix.Length..].Replace('_', '.').ToLowerInvariant();
                options[$"{OptionKeys.Config}:{config}"] = value;
            }
            else if (name.StartsWith(EnvironmentPrefix, StringComparison.Ordinal))
            {
                var words = name[EnvironmentPrefix.Length..].Replace("_", "", StringComparison.Ordinal);
                var key = OptionKeys.All.FirstOrDefault(key => key.Equals(words, StringComparison.OrdinalIgnoreCase))
                    ?? throw new OptionsException($"{name}: there is no such option.");
                options[key] = value;
            }
            else if (name == "OTEL_EXPORTER_OTLP_ENDPOINT")
            {
                options.TryAdd(OptionKeys.Telemetry, value);
            }
        }

        return options;
    }
}
