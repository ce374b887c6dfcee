namespace OrleansStreaming.Server.Configuration;

/// <summary>
/// One name an option, whatever the source: <c>--broker-id</c>, <c>ORLEANS_STREAMING_BROKER_ID</c>, and <c>BrokerId</c> in the
/// <c>OrleansStreaming</c> section of appsettings.json all become <see cref="BrokerId"/>.
/// </summary>
internal static class OptionKeys
{
    public const string BrokerId = "BrokerId";
    public const string DataDirectory = "DataDir";
    public const string ClusterDirectory = "ClusterDir";
    public const string Kafka = "Kafka";
    public const string Advertised = "Advertised";
    public const string Http = "Http";
    public const string Telemetry = "OtlpEndpoint";

    /// <summary>The section that holds Kafka broker configs by their own names.</summary>
    public const string Config = "Config";

    public static readonly string[] All = [BrokerId, DataDirectory, ClusterDirectory, Kafka, Advertised, Http, Telemetry];
}
