namespace OrleansStreaming.Kafka.Protocol.Messages;

/// <summary>What this build can read and write of one API. What a broker advertises is its own, narrower choice.</summary>
/// <param name="Key">The API.</param>
/// <param name="LowestVersion">The first version with a codec.</param>
/// <param name="HighestVersion">The last version with a codec.</param>
/// <param name="FlexibleFrom">The first version with compact lengths and tagged fields (KIP-482); <see cref="short.MaxValue"/> for never.</param>
public readonly record struct ApiSchema(ApiKey Key, short LowestVersion, short HighestVersion, short FlexibleFrom)
{
    /// <summary>There is a codec for <paramref name="version"/>.</summary>
    public bool Has(short version) => version >= LowestVersion && version <= HighestVersion;
}
