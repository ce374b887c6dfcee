namespace OrleansStreaming.Contracts.Brokers;

/// <summary>Who this broker is. Fixed for the life of the process.</summary>
public sealed class BrokerOptions
{
    /// <summary>The broker's id, 0 or more, which survives restarts. The silo must be named <see cref="SiloName"/>.</summary>
    public int BrokerId { get; set; } = 1;

    /// <summary>Where the logs lie; absolute, or relative to the working directory.</summary>
    public string DataDirectory { get; set; } = "./data";

    /// <summary>The host that clients are told to connect to.</summary>
    public string AdvertisedHost { get; set; } = "127.0.0.1";

    /// <summary>The port that clients are told to connect to.</summary>
    public int AdvertisedPort { get; set; } = 9092;

    /// <summary>Where the broker stands, for spreading replicas; null when unknown.</summary>
    public string? Rack { get; set; }

    /// <summary>Kafka broker configs given at start, e.g. <c>log.retention.hours</c>; validated by whoever fills them.</summary>
    public IDictionary<string, string> Configs { get; set; } = new Dictionary<string, string>();

    /// <summary>The name of the silo that is this broker; placement of pinned grains finds it by this name.</summary>
    public string SiloName => BrokerSilos.NameOf(new Records.Ids.BrokerId(BrokerId));
}
