namespace OrleansStreaming.Kafka.Protocol;

/// <summary>What one message may ask of memory, whatever its bytes say.</summary>
public static class ProtocolLimits
{
    /// <summary>Elements in one array. Kafka's own decoder has the frame as its only bound; a million is ten times its largest clusters.</summary>
    public const int MaxArrayElements = 1_000_000;

    /// <summary>Tagged fields in one section, known or not.</summary>
    public const int MaxTaggedFields = 10_000;

    /// <summary>UTF-8 bytes in one string, also in the compact form, whose length prefix could say more.</summary>
    public const int MaxStringBytes = short.MaxValue;

    /// <summary>Elements a list is created for before any has been read; beyond, it grows with what really arrives.</summary>
    public const int MaxInitialCapacity = 1_024;
}
