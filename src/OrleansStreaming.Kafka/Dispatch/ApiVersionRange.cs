namespace OrleansStreaming.Kafka.Dispatch;

/// <summary>
/// The versions of one API that the endpoint announces and those that it takes. They differ for Produce alone: 0–2 are
/// announced and refused, since old librdkafka turns compression off when the lowest announced version is 3 (KAFKA-18659).
/// </summary>
/// <param name="Lowest">Lowest version announced in ApiVersions.</param>
/// <param name="Highest">Highest version announced and taken.</param>
/// <param name="LowestServed">Lowest version taken.</param>
public readonly record struct ApiVersionRange(short Lowest, short Highest, short LowestServed)
{
    public ApiVersionRange(short lowest, short highest) : this(lowest, highest, lowest)
    {
    }

    public bool Serves(short version) => version >= LowestServed && version <= Highest;
}
