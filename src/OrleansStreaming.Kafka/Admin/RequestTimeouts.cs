namespace OrleansStreaming.Kafka.Admin;

/// <summary>How long a client waits for an admin request.</summary>
internal static class RequestTimeouts
{
    /// <summary>For requests that carry no limit: Kafka's <c>request.timeout.ms</c>.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(30);

    /// <summary>The limit of a request; none or a negative one waits for nothing.</summary>
    public static TimeSpan Of(int milliseconds) => TimeSpan.FromMilliseconds(Math.Max(0, milliseconds));
}
