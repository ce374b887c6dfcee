namespace OrleansStreaming.Server.Configuration;

/// <summary>What a broker is started with, checked and with defaults filled in; paths are absolute.</summary>
internal sealed record ServerOptions
{
    /// <summary>Default 1. Survives restarts: it is written into the data directory.</summary>
    public required int BrokerId { get; init; }

    /// <summary>Default <c>./data</c>.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Where grain state lies, shared by the brokers of one machine. Default <c>cluster</c> in the data directory.</summary>
    public required string ClusterDirectory { get; init; }

    /// <summary>Where the Kafka endpoint listens. Default <c>127.0.0.1:9092</c>.</summary>
    public required EndpointAddress Kafka { get; init; }

    /// <summary>Where clients are told to connect; null for the address it listens on.</summary>
    public required EndpointAddress? Advertised { get; init; }

    /// <summary>Where health and metrics are served. Default <c>127.0.0.1:8080</c>.</summary>
    public required EndpointAddress Http { get; init; }

    /// <summary>Kafka broker configs by name, as given.</summary>
    public required IReadOnlyDictionary<string, string> Configs { get; init; }

    /// <summary>Where telemetry is exported over OTLP; null for not at all.</summary>
    public required Uri? Telemetry { get; init; }
}
